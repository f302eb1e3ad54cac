"""A web process: a real reader, replayer, fan-out and connections; its threads take a step when the model says."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from complaints.events.event_feed import Head
from tests.unit.hub.relay.outside import FakeStream, FakeTable
from web.hub.core.measurements import LagHistogram
from web.hub.loop.context import HubContext
from web.hub.relay.fanout import Fanout
from web.hub.relay.replay import Replayer
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.socket.ticket import Ticket
from web.hub.stream.history import History
from web.hub.stream.reader import StreamReader
from web.hub.stream.reader_state import ReaderState

KERNEL_BYTES = 700
REPLAY_LIMIT = 15


class FakeSocket:
    """Takes as many bytes as the kernel has room for, until the peer reads."""

    def __init__(self) -> None:
        self.kernel = b""
        self.broken = False

    def fileno(self) -> int:
        return 0

    def send(self, data: bytes | memoryview) -> int:
        if self.broken:
            raise BrokenPipeError
        taken = bytes(data[: KERNEL_BYTES - len(self.kernel)])
        if not taken:
            raise BlockingIOError
        self.kernel += taken
        return len(taken)

    def shutdown(self, _how: int) -> None: ...

    def close(self) -> None:
        self.broken = True


class FakeLoop:
    """Keeps what is left for the loop's thread until the model runs it."""

    def __init__(self) -> None:
        self.calls: deque[Callable[[], object]] = deque()

    def call(self, function: Callable[[], object]) -> None:
        self.calls.append(function)

    def later(self, _seconds: float, function: Callable[[], object]) -> None:
        self.calls.append(function)

    def guard(self, _connection: Connection, function: Callable[[], object]) -> None:
        function()


class FakeHelpers:
    """Keeps jobs until the model has a helper do one."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def submit(self, job: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(job())
            except Exception as error:  # noqa: BLE001 - as an executor does
                future.set_exception(error)

        self.jobs.append(run)
        return future


class FakeHub:
    """Listener of the reader and owner of the connections, as `Arrivals` and `Connections` are."""

    def __init__(self, table: FakeTable, stream: FakeStream) -> None:
        self.context: Any = HubContext()
        self.context.loop, self.context.helper_pool = FakeLoop(), FakeHelpers()
        self.stream = stream
        self.open: list[Connection] = []
        self.ready = False
        source = History(table, stream)  # type: ignore[arg-type]
        state = ReaderState()
        self.reader = StreamReader(table, stream, self, state, probe=self.probe)  # type: ignore[arg-type]
        self.replayer = Replayer(
            self.context,
            read_head=source.head,
            read_page=source.read,
            follow=state.look_now,
            limit=REPLAY_LIMIT,
        )
        self.fanout = Fanout(self.context, LagHistogram(0.0), self.replayer.fall_behind)

    def probe(self) -> "Future[Any]":
        future: Future[Any] = Future()
        if self.stream.away:
            future.set_exception(ConnectionError())
        else:
            future.set_result(True)
        return future

    def connect(self, identity: Any, wish: Subscribe) -> Connection:
        """Let somebody in who subscribes at once."""
        connection = Connection(FakeSocket(), 1, Ticket("a", counted=False), self)  # type: ignore[arg-type]
        connection.identity = identity
        connection.cursor = self.context.tail.head
        self.open.append(connection)
        self.replayer.subscribe(connection, wish)
        return connection

    def restarted(self, head: Head, newest: list[EncodedEvent], reason: str) -> None:
        self.context.loop.call(lambda: self._restart(head, newest, reason))

    def advanced(self, encoded_events: list[EncodedEvent]) -> None:
        self.context.loop.call(lambda: self._deliver(encoded_events))

    def interest_changed(self, connection: Connection) -> None: ...

    def closing(self, connection: Connection, code: int) -> None:
        self.replayer.forget(connection)

    def ended(self, connection: Connection) -> None:
        self.open.remove(connection)

    def crash(self) -> None:
        for connection in list(self.open):
            connection.end()

    def _restart(self, head: Head, newest: list[EncodedEvent], reason: str) -> None:
        self.context.epoch = head.epoch
        self.context.tail.restart(head.top, newest)
        for connection in list(self.open):
            if connection.is_open:
                self.replayer.restarted(connection, reason)
        self.ready = True

    def _deliver(self, encoded_events: list[EncodedEvent]) -> None:
        self.fanout.deliver(encoded_events)
        self.replayer.head_moved()
