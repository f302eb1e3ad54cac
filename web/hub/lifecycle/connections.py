"""Every connection from its hand-over to its end: owned, served and watched in the loop's thread."""

import socket
from collections.abc import Iterator
from functools import partial

from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential
from web.hub.core.hub_status import HubStatus
from web.hub.entry.admission import Admission
from web.hub.entry.operator_places import OperatorPlaces
from web.hub.lifecycle.drain import Drain
from web.hub.lifecycle.housekeeping import Housekeeping
from web.hub.lifecycle.message_handler import MessageHandler
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat
from web.hub.presence.presence import Presence
from web.hub.relay.replay import Replayer
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.decoder import Received
from web.hub.socket.ticket import Ticket

SEND_BUFFER_BYTES = 256 * 1024


class Connections:
    """The `ConnectionOwner` of them all. `adopt` and `drain` run in the loop's thread, too."""

    def __init__(
        self,
        context: HubContext,
        status: HubStatus,
        *,
        admission: Admission,
        heartbeat: Heartbeat,
        replayer: Replayer,
        presence: Presence,
        places: OperatorPlaces,
        housekeeping: Housekeeping,
        message_handler: MessageHandler,
    ) -> None:
        self._context = context
        self._status = status
        self._admission = admission
        self._heartbeat = heartbeat
        self._replayer = replayer
        self._presence = presence
        self._places = places
        self._housekeeping = housekeeping
        self._message_handler = message_handler
        self._numbers = 0
        self._busy: set[Connection] = set()
        self._leaving: set[Connection] = set()
        self._talkers: set[Connection] = set()

    def run(self) -> None:
        """Serve in this thread until the loop is stopped."""
        self._context.loop.run(on_ready=self._serve, on_second=self._each_second)

    def adopt(self, sock: socket.socket, ticket: Ticket, credential: Credential | None) -> None:
        """Take on a socket whose upgrade has been answered."""
        self._numbers += 1
        connection = Connection(sock, self._numbers, ticket, self)
        try:
            _prepare(sock)
            self._context.loop.register(connection)
        except OSError:
            connection.end()
            return
        if self._status.draining:
            connection.close(CloseCode.RESTART)
        else:
            begin = partial(self._message_handler.begin, connection, credential)
            self._context.loop.guard(connection, begin)

    def drain(self, within_seconds: float) -> None:
        """Close everybody, then stop the loop."""
        if not self._status.draining:
            self._status.draining = True
            Drain(
                self._context,
                within_seconds,
                anybody=lambda: self._admission.taken,
                done=self._context.loop.stop,
            ).step()

    def interest_changed(self, connection: Connection) -> None:
        """Tell epoll, and keep an eye on those with a backlog."""
        (self._busy.add if connection.writes else self._busy.discard)(connection)
        self._context.loop.rearm(connection)

    def closing(self, connection: Connection, code: int) -> None:
        """Take the connection out of everything that serves it."""
        self._context.counters.closes[code] += 1
        self._replayer.forget(connection)
        self._presence.left(connection)
        self._leaving.add(connection)
        if connection.identity is not None:
            self._places.give_up(connection, connection.identity)

    def ended(self, connection: Connection) -> None:
        """Let go of the descriptor and of the place that it took."""
        self._context.loop.unregister(connection)
        for some in (self._busy, self._leaving, self._talkers):
            some.discard(connection)
        self._admission.give_back(connection.ticket)

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

    def _resume(self, connection: Connection) -> None:
        self._handle(connection, connection.resume_input())

    def _each_second(self, now: float) -> None:
        self._heartbeat.tick(now)
        guard = self._context.loop.guard
        talkers, self._talkers = self._talkers, set()
        for connection in talkers:
            guard(connection, partial(self._resume, connection))
        for connection in [one for one in self._busy if one.is_stalled(now)]:
            guard(connection, partial(connection.close, CloseCode.SLOW))
        for connection in [one for one in self._leaving if now >= one.close_at]:
            guard(connection, connection.end)
        self._housekeeping.tick(now)
        self._presence.tick(now)


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
