"""The hub's life in the loop's thread: connections come, are served, and go; seconds pass; events arrive."""

import socket
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic

from complaints.events.event_feed import Head
from web.hub.core.close_codes import Close
from web.hub.core.credentials import Identify, Shown, Ticket
from web.hub.core.measurements import Lags
from web.hub.entry.admission import Admission, OperatorCap
from web.hub.entry.authenticator import Doorman
from web.hub.entry.recheck import LoadIdentities, Recheck
from web.hub.life.drain import Drain
from web.hub.life.housekeeping import Rounds
from web.hub.life.message_handler import Dialogue
from web.hub.loop.context import Room
from web.hub.loop.heartbeat import Pace, Pulse
from web.hub.presence.presence import Presence
from web.hub.presence.presence_store import PresenceBoard
from web.hub.presence.site_lookup import LoadSites
from web.hub.relay.fanout import Fanout
from web.hub.relay.replay import Replayer
from web.hub.socket.connection import Connection, State
from web.hub.socket.decoder import Received
from web.hub.socket.encoded_event import CHUNK_BYTES, Delivery
from web.hub.stream.history import Pages
from web.hub.stream.reader import Reader
from web.hub.telemetry.hub_health import Vitals
from web.hub.telemetry.report_store import Board
from web.hub.telemetry.reporter import Reporter

SEND_BUFFER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Restart:
    """The one total order begins anew at `head`; `newest` are the events before it, as far as they are at hand."""

    head: Head
    newest: list[Delivery]
    reason: str


Arrival = Delivery | Restart
"""What the reader leaves for the loop, in its order."""


class Keeper:
    """Puts the parts together; owner of every connection."""

    def __init__(
        self,
        name: str,
        group: str,
        *,
        pace: Pace,
        pages: Pages,
        board: Board,
        admission: Admission,
        cap: OperatorCap,
        identify: Identify,
        load_identities: LoadIdentities,
        presence_board: PresenceBoard,
        load_sites: LoadSites,
        reader: Reader,
        lost: Callable[[], str | None],
        replay_limit: int,
    ) -> None:
        self.room = Room(on_ready=self._serve, on_second=self._each_second)
        self.ready = False
        self.draining = False
        self._admission = admission
        self._numbers = 0
        self._busy: set[Connection] = set()
        self._leaving: set[Connection] = set()
        self._talkers: set[Connection] = set()
        self._pulse = Pulse(self.room, pace)
        self._replayer = Replayer(
            self.room, read_head=pages.head, read_page=pages.read, follow=reader.follow, limit=replay_limit
        )
        lags, seen_lags = Lags(monotonic()), Lags(monotonic())
        self._fanout = Fanout(self.room, lags, self._replayer.fall_behind)
        self.vitals = Vitals(reader, lags, is_serving=lambda: self.ready and not self.draining, lost=lost)
        self.reporter = Reporter(name, group, self.room, self.vitals, lags=lags, seen_lags=seen_lags)
        self.recheck = Recheck(self.room, load_identities, self._rights_changed)
        self.rounds = Rounds(
            name,
            self.room,
            board=board,
            cap=cap,
            recheck=self.recheck,
            recheck_every=pace.recheck_every,
            vitals=self.vitals,
            reporter=self.reporter,
            windows=(lags, seen_lags),
        )
        doorman = Doorman(
            self.room,
            self._pulse,
            identify=identify,
            admission=admission,
            cap=cap,
            recheck=self.recheck,
            name_of=self.rounds.name_of,
            gone=self.rounds.give_up_place,
        )
        self.presence = Presence(name, self.room, presence_board, load_sites)
        self._dialogue = Dialogue(
            self.room,
            doorman=doorman,
            pulse=self._pulse,
            replayer=self._replayer,
            presence=self.presence,
            seen_lags=seen_lags,
        )

    def adopt(self, sock: socket.socket, ticket: Ticket, shown: Shown | None) -> None:
        """Take on a socket whose upgrade has been answered."""
        self._numbers += 1
        connection = Connection(sock, self._numbers, ticket, self)
        try:
            _prepare(sock)
            self.room.loop.register(connection)
        except OSError:
            connection.end()
            return
        if self.draining:
            connection.close(Close.RESTART)
        else:
            self.room.loop.guard(connection, partial(self._dialogue.begin, connection, shown))

    def drain(self, within: float) -> None:
        """Close everybody, then stop the loop."""
        if not self.draining:
            self.draining = True
            Drain(self.room, within, anybody=lambda: self._admission.taken, done=self.room.loop.stop).step()

    def take_arrivals(self, arrivals: "deque[Arrival]") -> None:
        """Take what the reader left, oldest first: as much as fits one write, then others have their turn."""
        chunk: list[Delivery] = []
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
            self.room.loop.call(partial(self.take_arrivals, arrivals))

    def look_again(self) -> None:
        """Signals may have passed unheard."""
        self.recheck.all()
        self.presence.heard(None)

    def interest_changed(self, connection: Connection) -> None:
        """Tell epoll, and keep an eye on those with a backlog."""
        (self._busy.add if connection.writes else self._busy.discard)(connection)
        self.room.loop.rearm(connection)

    def closing(self, connection: Connection, code: int) -> None:
        """Take the connection out of everything that serves it."""
        self.room.counters.closes[code] += 1
        self._replayer.forget(connection)
        self.presence.left(connection)
        self._leaving.add(connection)
        if connection.identity is not None:
            self.rounds.give_up_place(connection, connection.identity)

    def ended(self, connection: Connection) -> None:
        """Let go of the descriptor and of the place that it took."""
        self.room.loop.unregister(connection)
        for some in (self._busy, self._leaving, self._talkers):
            some.discard(connection)
        self._admission.give_back(connection.ticket)

    def _deliver(self, chunk: list[Delivery]) -> None:
        if chunk:
            self._fanout.deliver(chunk)
            self._replayer.head_moved()
            self.presence.moved(chunk)

    def _restart(self, restart: Restart) -> None:
        self.room.epoch = restart.head.epoch
        self.room.tail.restart(restart.head.top, restart.newest)
        for connection in list(self.room.loop.connections.values()):
            if connection.is_open:
                again = partial(self._replayer.restarted, connection, restart.reason)
                self.room.loop.guard(connection, again)
        self.presence.look_again()
        self.ready = True
        self.rounds.report()

    def _serve(self, connection: Connection, readable: bool, writable: bool) -> None:
        if writable:
            connection.flush()
            self._replayer.advance(connection)
        if readable:
            self._hear(connection, connection.receive())

    def _hear(self, connection: Connection, messages: Iterator[Received]) -> None:
        for received in messages:
            self._dialogue.hear(connection, received)
        if connection.is_metered and connection.state is not State.ENDED:
            self._talkers.add(connection)

    def _go_on_hearing(self, connection: Connection) -> None:
        self._hear(connection, connection.resume_input())

    def _each_second(self, now: float) -> None:
        self._pulse.tick(now)
        guard = self.room.loop.guard
        talkers, self._talkers = self._talkers, set()
        for connection in talkers:
            guard(connection, partial(self._go_on_hearing, connection))
        for connection in [one for one in self._busy if one.is_stalled(now)]:
            guard(connection, partial(connection.close, Close.SLOW))
        for connection in [one for one in self._leaving if now >= one.close_at]:
            guard(connection, connection.end)
        self.rounds.go(now)
        self.presence.tick(now)

    def _rights_changed(self, connection: Connection) -> None:
        self.presence.rights_changed(connection)
        self._replayer.rights_changed(connection)


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
