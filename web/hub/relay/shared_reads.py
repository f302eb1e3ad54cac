"""What replays ask of the database: however often clients ask, few reads are under way, and none for nobody."""

from collections.abc import Callable
from functools import partial

from complaints.events.event_feed import Head
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection
from web.hub.socket.replay_state import ReplayState
from web.hub.stream.history import ReplayPage

RETRY_SECONDS = 1.0

Key = tuple[str, int]


class HeadReads:
    """Where the order stands, by one read at a time for all who asked before it began."""

    def __init__(
        self,
        context: HubContext,
        read: Callable[[], Head],
        told: Callable[[Connection, ReplayState, Head], object],
    ) -> None:
        self._context = context
        self._read = read
        self._told = told
        self._waiting: dict[Connection, ReplayState] = {}
        self._busy = False

    def ask(self, connection: Connection, replay: ReplayState) -> None:
        """Tell it, unless it is another progress by then."""
        self._waiting[connection] = replay
        self._go()

    def forget(self, connection: Connection) -> None:
        """It asks no more."""
        self._waiting.pop(connection, None)

    def _go(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        asked, self._waiting = self._waiting, {}
        again = partial(self._again, asked)
        self._context.run_in_helper(
            self._read,
            partial(self._found, asked),
            lambda: self._context.loop.later(RETRY_SECONDS, again),
        )

    def _found(self, asked: dict[Connection, ReplayState], head: Head) -> None:
        self._busy = False
        self._go()
        for connection, replay in asked.items():
            if connection.replay is replay:
                self._context.loop.guard(connection, partial(self._told, connection, replay, head))

    def _again(self, asked: dict[Connection, ReplayState]) -> None:
        self._busy = False
        self._waiting = {one: its for one, its in asked.items() if one.replay is its} | self._waiting
        self._go()


class PageReads:
    """Pages of events: read once for all who stand at the same place, and one at a time for each connection."""

    def __init__(
        self,
        context: HubContext,
        read: Callable[[str, int], ReplayPage],
        told: Callable[[Connection, ReplayState, ReplayPage], object],
    ) -> None:
        self._context = context
        self._read_page = read
        self._told = told
        self._waiting: dict[Key, dict[Connection, ReplayState]] = {}
        self._reading: set[Connection] = set()
        self._next: dict[Connection, ReplayState] = {}

    def ask(self, connection: Connection, replay: ReplayState) -> None:
        """Tell it the page above its cursor, unless it is another progress by then."""
        if connection in self._reading:
            self._next[connection] = replay
            return
        self._reading.add(connection)
        key = (self._context.epoch, connection.cursor)
        waiting = self._waiting.setdefault(key, {})
        waiting[connection] = replay
        if len(waiting) == 1:
            self._read(key)

    def forget(self, connection: Connection) -> None:
        """It asks no more; what is being read for it is nobody's."""
        self._next.pop(connection, None)

    def _read(self, key: Key) -> None:
        self._context.run_in_helper(
            partial(self._read_page, *key),
            partial(self._found, key),
            lambda: self._context.loop.later(RETRY_SECONDS, partial(self._again, key)),
        )

    def _found(self, key: Key, page: ReplayPage) -> None:
        for connection, replay in self._waiting.pop(key).items():
            self._reading.discard(connection)
            if connection.replay is replay:
                self._context.loop.guard(connection, partial(self._told, connection, replay, page))
            self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        replay = self._next.pop(connection, None)
        if replay is not None and connection.replay is replay:
            self.ask(connection, replay)

    def _again(self, key: Key) -> None:
        for connection, replay in self._waiting.pop(key).items():
            self._reading.discard(connection)
            if connection.replay is replay:
                self.ask(connection, replay)
            else:
                self._go_on(connection)
