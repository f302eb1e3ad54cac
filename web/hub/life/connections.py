"""The hub's life in the loop's thread: connections come, are served, and go; seconds pass; events arrive."""

import socket
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic

from complaints.events.event_feed import Head
from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential, Identify, Ticket
from web.hub.core.measurements import LagHistogram
from web.hub.entry.admission import Admission, OperatorCap
from web.hub.entry.authenticator import Authenticator
from web.hub.entry.recheck import LoadIdentities, Recheck
from web.hub.life.drain import Drain
from web.hub.life.housekeeping import Housekeeping
from web.hub.life.message_handler import MessageHandler
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat, Intervals
from web.hub.presence.presence import Presence
from web.hub.presence.presence_store import PresenceStore
from web.hub.presence.site_lookup import LoadSites
from web.hub.relay.fanout import Fanout
from web.hub.relay.replay import Replayer
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.decoder import Received
from web.hub.socket.encoded_event import CHUNK_BYTES, EncodedEvent
from web.hub.stream.history import History
from web.hub.stream.reader import StreamReader
from web.hub.telemetry.hub_health import HubHealth
from web.hub.telemetry.report_store import ReportStore
from web.hub.telemetry.reporter import Reporter

SEND_BUFFER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Restart:
    """The one total order begins anew at `head`; `newest` are the events before it, as far as they are at hand."""

    head: Head
    newest: list[EncodedEvent]
    reason: str


Arrival = EncodedEvent | Restart
"""What the reader leaves for the loop, in its order."""


class Connections:
    """Puts the parts together; owner of every connection."""

    def __init__(
        self,
        name: str,
        group: str,
        *,
        intervals: Intervals,
        pages: History,
        store: ReportStore,
        admission: Admission,
        cap: OperatorCap,
        identify: Identify,
        load_identities: LoadIdentities,
        presence_store: PresenceStore,
        load_sites: LoadSites,
        reader: StreamReader,
        lost: Callable[[], str | None],
        replay_limit: int,
    ) -> None:
        self.context = HubContext(on_ready=self._serve, on_second=self._each_second)
        self.ready = False
        self.draining = False
        self._admission = admission
        self._numbers = 0
        self._busy: set[Connection] = set()
        self._leaving: set[Connection] = set()
        self._talkers: set[Connection] = set()
        self._heartbeat = Heartbeat(self.context, intervals)
        self._replayer = Replayer(
            self.context, read_head=pages.head, read_page=pages.read, follow=reader.follow, limit=replay_limit
        )
        lags, screen_lags = LagHistogram(monotonic()), LagHistogram(monotonic())
        self._fanout = Fanout(self.context, lags, self._replayer.fall_behind)
        self.health = HubHealth(reader, lags, is_serving=lambda: self.ready and not self.draining, lost=lost)
        self.reporter = Reporter(name, group, self.context, self.health, lags=lags, screen_lags=screen_lags)
        self.recheck = Recheck(self.context, load_identities, self._rights_changed)
        self.housekeeping = Housekeeping(
            name,
            self.context,
            store=store,
            cap=cap,
            recheck=self.recheck,
            recheck_every_seconds=intervals.recheck_every_seconds,
            health=self.health,
            reporter=self.reporter,
            windows=(lags, screen_lags),
        )
        authenticator = Authenticator(
            self.context,
            self._heartbeat,
            identify=identify,
            admission=admission,
            cap=cap,
            recheck=self.recheck,
            name_of=self.housekeeping.name_of,
            gone=self.housekeeping.give_up_place,
        )
        self.presence = Presence(name, self.context, presence_store, load_sites)
        self._message_handler = MessageHandler(
            self.context,
            authenticator=authenticator,
            heartbeat=self._heartbeat,
            replayer=self._replayer,
            presence=self.presence,
            screen_lags=screen_lags,
        )

    def adopt(self, sock: socket.socket, ticket: Ticket, credential: Credential | None) -> None:
        """Take on a socket whose upgrade has been answered."""
        self._numbers += 1
        connection = Connection(sock, self._numbers, ticket, self)
        try:
            _prepare(sock)
            self.context.loop.register(connection)
        except OSError:
            connection.end()
            return
        if self.draining:
            connection.close(CloseCode.RESTART)
        else:
            self.context.loop.guard(connection, partial(self._message_handler.begin, connection, credential))

    def drain(self, within: float) -> None:
        """Close everybody, then stop the loop."""
        if not self.draining:
            self.draining = True
            Drain(
                self.context, within, anybody=lambda: self._admission.taken, done=self.context.loop.stop
            ).step()

    def take_arrivals(self, arrivals: "deque[Arrival]") -> None:
        """Take what the reader left, oldest first: as much as fits one write, then others have their turn."""
        chunk: list[EncodedEvent] = []
        size = 0
        while arrivals and size < CHUNK_BYTES:
            arrival = arrivals.popleft()
            if isinstance(arrival, Restart):
                self._deliver(chunk)
                self._restart(arrival)
                chunk, size = [], 0
            else:
                chunk.append(arrival)
                size += len(arrival.frame)
        self._deliver(chunk)
        if arrivals:
            self.context.loop.call(partial(self.take_arrivals, arrivals))

    def look_again(self) -> None:
        """Signals may have passed unheard."""
        self.recheck.all()
        self.presence.heard(None)

    def interest_changed(self, connection: Connection) -> None:
        """Tell epoll, and keep an eye on those with a backlog."""
        (self._busy.add if connection.writes else self._busy.discard)(connection)
        self.context.loop.rearm(connection)

    def closing(self, connection: Connection, code: int) -> None:
        """Take the connection out of everything that serves it."""
        self.context.counters.closes[code] += 1
        self._replayer.forget(connection)
        self.presence.left(connection)
        self._leaving.add(connection)
        if connection.identity is not None:
            self.housekeeping.give_up_place(connection, connection.identity)

    def ended(self, connection: Connection) -> None:
        """Let go of the descriptor and of the place that it took."""
        self.context.loop.unregister(connection)
        for some in (self._busy, self._leaving, self._talkers):
            some.discard(connection)
        self._admission.give_back(connection.ticket)

    def _deliver(self, chunk: list[EncodedEvent]) -> None:
        if chunk:
            self._fanout.deliver(chunk)
            self._replayer.head_moved()
            self.presence.moved(chunk)

    def _restart(self, restart: Restart) -> None:
        self.context.epoch = restart.head.epoch
        self.context.tail.restart(restart.head.top, restart.newest)
        for connection in list(self.context.loop.connections.values()):
            if connection.is_open:
                again = partial(self._replayer.restarted, connection, restart.reason)
                self.context.loop.guard(connection, again)
        self.presence.look_again()
        self.ready = True
        self.housekeeping.report()

    def _serve(self, connection: Connection, readable: bool, writable: bool) -> None:
        if writable:
            connection.flush()
            self._replayer.advance(connection)
        if readable:
            self._handle(connection, connection.receive())

    def _handle(self, connection: Connection, messages: Iterator[Received]) -> None:
        for received in messages:
            self._message_handler.handle(connection, received)
        if connection.is_metered and connection.state is not ConnectionState.ENDED:
            self._talkers.add(connection)

    def _go_on_hearing(self, connection: Connection) -> None:
        self._handle(connection, connection.resume_input())

    def _each_second(self, now: float) -> None:
        self._heartbeat.tick(now)
        guard = self.context.loop.guard
        talkers, self._talkers = self._talkers, set()
        for connection in talkers:
            guard(connection, partial(self._go_on_hearing, connection))
        for connection in [one for one in self._busy if one.is_stalled(now)]:
            guard(connection, partial(connection.close, CloseCode.SLOW))
        for connection in [one for one in self._leaving if now >= one.close_at]:
            guard(connection, connection.end)
        self.housekeeping.go(now)
        self.presence.tick(now)

    def _rights_changed(self, connection: Connection) -> None:
        self.presence.rights_changed(connection)
        self._replayer.rights_changed(connection)


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
