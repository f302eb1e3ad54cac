"""The connections that no thread works for: what each is waited for, how long, and how many there may be."""

import selectors
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from web.serving.client_connection import ClientConnection, Stage

HELD_MAXIMUM_BYTES = 64 * 1024 * 1024
SPOOLED_MAXIMUM_BYTES = 1024 * 1024 * 1024
EVENTS = {
    Stage.LINGERING: selectors.EVENT_READ,
    Stage.READING: selectors.EVENT_READ,
    Stage.FLUSHING: selectors.EVENT_WRITE,
    Stage.RESTING: selectors.EVENT_READ,
}


class WaitingClients:
    """Registers connections with the poller, each for what its stage waits for. Of the poller's thread alone."""

    def __init__(self, is_ready: Callable[[ClientConnection, Any], None]) -> None:
        """`is_ready` is called with the connection and its socket."""
        self._is_ready = is_ready
        self._by_stage: dict[Stage, dict[ClientConnection, None]] = {stage: {} for stage in Stage}
        self._held_bytes = 0
        self._spooled_bytes = 0

    def __iter__(self) -> Iterator[ClientConnection]:
        """Each of them, in the order in which they would be given up; they may leave meanwhile."""
        return iter([conn for waiting in self._by_stage.values() for conn in waiting])

    def enter(
        self, poller: selectors.BaseSelector, conn: ClientConnection, stage: Stage, seconds: float
    ) -> None:
        """Wait for the connection, so long at most. Raises OSError or ValueError where it is closed already."""
        self._by_stage[conn.stage].pop(conn, None)
        conn.enter(stage, seconds)
        self._by_stage[stage][conn] = None
        if conn.events == EVENTS[stage]:
            return
        change = poller.modify if conn.events else poller.register
        change(conn.sock, EVENTS[stage], partial(self._is_ready, conn))
        conn.events = EVENTS[stage]

    def leave(self, poller: selectors.BaseSelector, conn: ClientConnection) -> None:
        """Wait for it no more, if it was waited for."""
        self._by_stage[conn.stage].pop(conn, None)
        self._held_bytes -= conn.held_bytes
        self._spooled_bytes -= conn.spooled_bytes
        conn.held_bytes = conn.spooled_bytes = 0
        if conn.events:
            poller.unregister(conn.sock)
            conn.events = 0

    def measure(self, conn: ClientConnection) -> ClientConnection | None:
        """Note how much the connection holds; return the one to give up where all hold too much: who holds most."""
        if not conn.events:
            return None
        held, spooled = conn.measure()
        self._held_bytes += held
        self._spooled_bytes += spooled
        if self._held_bytes > HELD_MAXIMUM_BYTES:
            return max(self, key=lambda one: one.held_bytes)
        if self._spooled_bytes > SPOOLED_MAXIMUM_BYTES:
            return max(self, key=lambda one: one.spooled_bytes)
        return None

    def oldest(self) -> ClientConnection | None:
        """Return the one to give up where there are too many."""
        return next((conn for waiting in self._by_stage.values() for conn in waiting), None)
