"""How many sockets there may be in this process: all together, and unauthenticated from one address."""

import threading
from collections import Counter

from web.hub.core.hub_errors import SocketsFull, TooManyUnauthenticated
from web.hub.socket.ticket import Ticket


class Admission:
    """The two caps of one process, asked before the upgrade. Safe to share among threads."""

    def __init__(self, *, sockets: int, unauthenticated_per_address: int) -> None:
        self._sockets = sockets
        self._per_address = unauthenticated_per_address
        self._lock = threading.Lock()
        self._taken = 0
        self._unauthenticated: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many places are taken: by sockets that are served, and by those on their way in."""
        return self._taken

    def admit(self, address: str, *, vouched: bool = False) -> Ticket:
        """Take a place; raises `SocketsFull` or `TooManyUnauthenticated`. Every ticket must be given back.

        `vouched`: it showed a token that we signed, and doesn't count among its address's unknown ones.
        """
        with self._lock:
            if self._taken >= self._sockets:
                raise SocketsFull
            if not vouched and self._unauthenticated[address] >= self._per_address:
                raise TooManyUnauthenticated
            self._taken += 1
            if not vouched:
                self._unauthenticated[address] += 1
        return Ticket(address, counted=not vouched)

    def authenticated(self, ticket: Ticket) -> Ticket:
        """Its holder is known now; return the ticket to hold from here on."""
        if not ticket.counted:
            return ticket
        with self._lock:
            self._forget_address(ticket)
        return Ticket(ticket.address, counted=False)

    def give_back(self, ticket: Ticket) -> None:
        """The socket is gone."""
        with self._lock:
            self._taken -= 1
            if ticket.counted:
                self._forget_address(ticket)

    def _forget_address(self, ticket: Ticket) -> None:
        self._unauthenticated[ticket.address] -= 1
        if not self._unauthenticated[ticket.address]:
            del self._unauthenticated[ticket.address]
