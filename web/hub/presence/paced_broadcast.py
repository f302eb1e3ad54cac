"""Small things told to many connections, a few at a time, so that events pass in between."""

from collections.abc import Callable, Iterable
from functools import partial

from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection, ConnectionState

AT_ONCE = 100
PAUSE_SECONDS = 0.02


def is_free(connection: Connection) -> bool:
    """Say whether nothing waits to be sent to the connection, so that what need not be sent is in nobody's way."""
    return connection.backlog is None and connection.state in (ConnectionState.IDLE, ConnectionState.LIVE)


class PacedBroadcast:
    """Calls `tell` once for each connection that was added, soon and in no order. Runs in the loop's thread."""

    def __init__(self, context: HubContext, tell: Callable[[Connection], object]) -> None:
        self._context = context
        self._tell = tell
        self._waiting: set[Connection] = set()
        self._runs = False

    def add(self, connections: Iterable[Connection]) -> None:
        """Let these be told."""
        self._waiting.update(connections)
        if self._waiting and not self._runs:
            self._runs = True
            self._context.loop.call(self._go)

    def _go(self) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            connection = self._waiting.pop()
            if connection.is_open:
                self._context.loop.guard(connection, partial(self._tell, connection))
        if self._waiting:
            self._context.loop.later(PAUSE_SECONDS, self._go)
        else:
            self._waiting, self._runs = set(), False  # a set that was large stays so
