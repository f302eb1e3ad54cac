"""The hub's life in the loop's thread: connections come, are served, and go; seconds pass; events arrive."""

import os
import socket
from collections import Counter
from collections.abc import Callable
from functools import partial
from time import monotonic

from complaints.feed import Head
from web.hub.codes import Close
from web.hub.connection import REFILL_BELOW, Connection, State
from web.hub.contracts import Identify, Known, Ticket
from web.hub.delivery import Delivery
from web.hub.dialogue import Dialogue
from web.hub.doorman import Doorman
from web.hub.drain import Drain
from web.hub.fanout import Fanout
from web.hub.limits import Admission, OperatorCap, Place
from web.hub.numbers import Lags
from web.hub.pages import Pages
from web.hub.pulse import Pace, Pulse
from web.hub.recheck import LoadIdentities, Recheck
from web.hub.replay import Replayer
from web.hub.room import Room
from web.hub.stats import Board, Report

SEND_BUFFER_BYTES = 256 * 1024
REPORT_EVERY_SECONDS = 2.0
RENEW_EVERY_SECONDS = 30.0


class Keeper:
    """Puts the parts together. Owner of every connection and listener of the reader."""

    def __init__(
        self,
        name: str,
        *,
        pace: Pace,
        pages: Pages,
        board: Board,
        admission: Admission,
        cap: OperatorCap,
        identify: Identify,
        load_identities: LoadIdentities,
        follow: Callable[[], object],
        replay_limit: int,
    ) -> None:
        self.name = name
        self.room = Room(on_ready=self._serve, on_second=self._each_second)
        self.lags = Lags(monotonic())
        self.seen_lags = Lags(monotonic())
        self.ready = False
        self.draining = False
        self._pace = pace
        self._board = board
        self._admission = admission
        self._cap = cap
        self._numbers = 0
        self._busy: set[Connection] = set()
        self._leaving: set[Connection] = set()
        self._talkers: set[Connection] = set()
        self._given_up: list[Place] = []
        self._telling: set[str] = set()
        self._due: dict[str, float] = {}
        self._pulse = Pulse(self.room, pace)
        self._replayer = Replayer(
            self.room, read_head=pages.head, read_page=pages.read, follow=follow, limit=replay_limit
        )
        self._fanout = Fanout(self.room, self.lags, self._replayer.fall_behind)
        self.recheck = Recheck(self.room, load_identities, self._rights_changed)
        doorman = Doorman(
            self.room,
            self._pulse,
            identify=identify,
            admission=admission,
            cap=cap,
            name_of=self.name_of,
            gone=self._give_up_place,
        )
        self._dialogue = Dialogue(
            self.room, doorman=doorman, pulse=self._pulse, replayer=self._replayer, seen_lags=self.seen_lags
        )
        self.report = self._report()

    def name_of(self, connection: Connection) -> str:
        """Return the connection's name, unique among all processes."""
        return f"{self.name}.{connection.number}"

    def adopt(self, sock: socket.socket, ticket: Ticket, token: str | None) -> None:
        """Take on a socket whose upgrade has been answered."""
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._numbers += 1
        connection = Connection(sock, self._numbers, ticket, self)
        self.room.loop.register(connection)
        if self.draining:
            connection.close(Close.RESTART)
        else:
            self.room.loop.guard(connection, partial(self._dialogue.begin, connection, token))

    def drain(self, within: float) -> None:
        """Close everybody, then stop the loop."""
        if not self.draining:
            self.draining = True
            Drain(self.room, within, self.room.loop.stop).step()

    def restarted(self, head: Head, newest: list[Delivery], reason: str | None) -> None:
        """Stand at `head`, where the order begins anew for everybody (see `Replayer.restarted`)."""
        self.room.epoch = head.epoch
        self.room.tail.restart(head.top, newest)
        for connection in list(self.room.loop.connections.values()):
            if connection.is_open:
                again = partial(self._replayer.restarted, connection, reason or "restart")
                self.room.loop.guard(connection, again)
        self.ready = True

    def advanced(self, deliveries: list[Delivery]) -> None:
        """Send what follows to everybody who is live."""
        self._fanout.deliver(deliveries)
        self._replayer.head_moved()

    def interest_changed(self, connection: Connection) -> None:
        """Tell epoll, and keep an eye on those with a backlog."""
        (self._busy.add if connection.writes else self._busy.discard)(connection)
        self.room.loop.rearm(connection)

    def closing(self, connection: Connection, code: int) -> None:
        """Take the connection out of everything that serves it."""
        self.room.counters.closes[code] += 1
        self._replayer.forget(connection)
        self._leaving.add(connection)
        if connection.identity is not None:
            self._give_up_place(connection, connection.identity)

    def ended(self, connection: Connection) -> None:
        """Let go of the descriptor and of the place that it took."""
        self.room.loop.unregister(connection)
        for some in (self._busy, self._leaving, self._talkers):
            some.discard(connection)
        self._admission.give_back(connection.ticket)

    def _give_up_place(self, connection: Connection, identity: Known) -> None:
        self._given_up.append((identity.operator_id, self.name_of(connection)))

    def _serve(self, connection: Connection, readable: bool, writable: bool) -> None:
        if writable:
            connection.flush()
            if connection.state is State.REPLAYING and connection.queued < REFILL_BELOW:
                self._replayer.advance(connection)
        if readable:
            for received in connection.receive():
                self._dialogue.hear(connection, received)
                if not connection.is_open:
                    break
            if connection.state is not State.ENDED:
                self._talkers.add(connection)

    def _each_second(self, now: float) -> None:
        self._pulse.tick(now)
        for connection in list(self._talkers):
            connection.resume_input()
        self._talkers.clear()
        for connection in [one for one in self._busy if one.is_stalled(now)]:
            connection.close(Close.SLOW)
        for connection in [one for one in self._leaving if now >= one.close_at]:
            connection.end()
        for lags in (self.lags, self.seen_lags):
            lags.turn(now)
        self.report = self._report()
        self._do_rounds(now)

    def _do_rounds(self, now: float) -> None:
        if self._given_up and self._is_due("release", 0.0, now):
            given_up, self._given_up = self._given_up, []
            self._tell_redis("release", partial(self._cap.release, given_up))
        if self._is_due("report", REPORT_EVERY_SECONDS, now):
            self._tell_redis("report", partial(self._board.publish, self.report))
        if self._is_due("recheck", self._pace.recheck_every, now):
            self.recheck.all()
        if self._is_due("renew", RENEW_EVERY_SECONDS, now):
            self._tell_redis("renew", partial(self._cap.renew, self._places()))

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if name in self._telling or now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + every
        return True

    def _tell_redis(self, name: str, job: Callable[[], None]) -> None:
        """One helper at a time is spent on each kind, so that a Redis that hangs can't take them all."""
        self._telling.add(name)
        told = partial(self._telling.discard, name)
        self.room.work(job, lambda _: told(), told)

    def _places(self) -> list[Place]:
        return [
            (connection.identity.operator_id, self.name_of(connection))
            for connection in self.room.loop.connections.values()
            if connection.is_open and connection.identity is not None
        ]

    def _rights_changed(self, connection: Connection) -> None:
        if connection.state in (State.LIVE, State.REPLAYING):
            self._replayer.resync(connection, "rights")

    def _report(self) -> Report:
        here = [one for one in self.room.loop.connections.values() if one.is_open]
        roles = Counter(one.identity.role for one in here if one.identity is not None)
        counters = self.room.counters
        return Report(
            name=self.name,
            pid=os.getpid(),
            host=socket.gethostname(),
            connections=len(here),
            connections_by_role=dict(roles),
            unauthenticated=len(here) - roles.total(),
            sent=counters.sent,
            queued_bytes=sum(connection.queued for connection in self._busy),
            slow_closes=counters.closes[Close.SLOW],
            resumes=counters.resumes,
            resyncs=counters.resyncs,
            faults=counters.faults,
            head=self.room.tail.head,
            epoch=self.room.epoch,
            closes={str(code): count for code, count in counters.closes.items()},
            lags=self.lags.recent(),
            seen_lags=self.seen_lags.recent(),
        )
