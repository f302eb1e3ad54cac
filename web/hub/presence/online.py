"""Who is online, told to who has subscribed: soon after that, and when it changes. Runs in the loop's thread."""

from web.hub.loop.context import HubContext
from web.hub.presence.paced_broadcast import PacedBroadcast, is_free
from web.hub.presence.presence_state import Operators, online_frame
from web.hub.socket.connection import Connection

TELL_EVERY_SECONDS = 5.0


def is_program(connection: Connection) -> bool:
    """Say whether a program is behind it: one is neither shown as a person, nor told who is there."""
    return connection.identity is not None and connection.identity.is_program


class OnlineOperators:
    """Looks through the connections once for many that come or go."""

    def __init__(self, context: HubContext) -> None:
        self.here: Operators = {}
        self._context = context
        self._stale = True
        self._newcomers: set[Connection] = set()
        self._broadcast = PacedBroadcast(context, self._tell)
        self._frame = online_frame({})
        self._told = b""
        self._tell_at = 0.0

    def subscribed(self, connection: Connection) -> None:
        """It wants to know."""
        self._newcomers.add(connection)
        self._stale = True

    def left(self, connection: Connection) -> None:
        """It serves nobody any more."""
        self._newcomers.discard(connection)
        self._stale = True

    def look(self, *, again: bool) -> bool:
        """See who is here, if somebody came or left, or `again`; say whether they are others now."""
        if not (self._stale or again):
            return False
        before, self._stale = self.here, False
        known = (one.identity for one in self._context.loop.connections.values() if one.is_open)
        names = {one.holder_id: one.name for one in known if one is not None and not one.is_program}
        self.here = {str(one): name for one, name in names.items()}
        return self.here != before

    def tell(self, now: float, others: Operators, *, changed: bool) -> None:
        """Tell newcomers who is online now, and every few seconds everybody, if it is `changed`."""
        if changed:
            self._frame = online_frame({**others, **self.here})
        if self._frame != self._told and now >= self._tell_at:
            self._told, self._tell_at = self._frame, now + TELL_EVERY_SECONDS
            self._broadcast.add(one for one in self._context.subscribers if not is_program(one))
        newcomers, self._newcomers = self._newcomers, set()
        self._broadcast.add(newcomers)

    def _tell(self, connection: Connection) -> None:
        if is_free(connection):
            connection.offer(self._frame)
            if self._frame != self._told:
                self._told = b""  # somebody knows something else, so that all must be told again
        else:
            self._newcomers.add(connection)
