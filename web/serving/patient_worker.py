"""gunicorn's gthread worker, whose threads never wait for a client (decision 25).

The poller's thread reads requests and writes what the kernel did not take of answers, without waiting, for as many
connections as there are. A request thread gets a request once it is wholly there. Of gunicorn's worker stay the
loop, the threads, the parser, the response, and how it stops.
"""

import contextvars
import errno
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore
from typing import Any

import structlog
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker
from structlog.contextvars import bind_contextvars, get_contextvars

from web.http.request_hooks import request_id_for
from web.serving.client_connection import ClientConnection, Stage
from web.serving.client_socket import STALL_SECONDS, ClientSocket, ReaderTooSlow
from web.serving.incoming_request import IncomingRequest, offered_request_id
from web.serving.request_refusals import RequestCutShort, RequestTooSlow, refusal_of
from web.serving.waiting_clients import WaitingClients

log = structlog.get_logger()

REQUEST_SECONDS = 20.0
"""From a request's first byte (a connection's first moment) to its last: 256 KiB at 13 KB a second."""
LARGE_BODY_BYTES_PER_SECOND = 13 * 1024
"""What a larger body must keep up with."""
LINGER_SECONDS = 5.0
LINGER_MAXIMUM_BYTES = 16 * 1024 * 1024
READ_BYTES = 16 * 1024
LOOK_EVERY_SECONDS = 1.0
NOBODY_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
PEER_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ETIMEDOUT)
SECONDS = {
    Stage.LINGERING: LINGER_SECONDS,
    Stage.READING: REQUEST_SECONDS,
    Stage.FLUSHING: STALL_SECONDS,
}
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """The worker; what overrides gunicorn's methods is called by its loop."""

    https = False
    """Whether the deployment's address is one of https: gunicorn's configuration says so once it has loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting = WaitingClients(self._is_ready)
        self._waiting_threads = BoundedSemaphore(max(1, self.cfg.threads // 2))
        self._given_up = 0
        self._next_look = 0.0

    def accept(self, listener: Any) -> None:
        """Take in who knocks, and give up who was waited for longest where there are too many."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in NOBODY_THERE:
                return
            raise
        self.nr_conns += 1
        sock = ClientSocket(accepted, self._waiting_threads)
        incoming = IncomingRequest(self.cfg, client)
        conn = ClientConnection(sock, client, listener.getsockname(), incoming)
        self._carefully(self._read, conn)
        if self.nr_conns >= self.worker_connections:
            self._give_up(self._waiting.oldest())

    def handle(self, conn: ClientConnection) -> bool:
        """Serve the request, in a thread; say whether the connection stays open.

        In a context of its own: what a request binds for its log lines is in none of the next one's.
        """
        return contextvars.Context().run(self._serve, conn)

    def finish_request(self, conn: ClientConnection, future: "Future[bool]") -> None:
        """Go on with a connection that a thread has served."""
        conn.request = None
        conn.keeps_alive = not future.cancelled() and future.exception() is None and future.result()
        self._carefully(self._finish, conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """Give up whose time is over, or everybody."""
        now = time.monotonic()
        if force:
            for conn in self._waiting:
                self._close(conn)
        elif now >= self._next_look:
            self._next_look = now + LOOK_EVERY_SECONDS
            for conn in self._waiting:
                if conn.events and conn.deadline <= now:
                    self._carefully(self._end_waiting, conn)
            self._tell_of_given_up()

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker stops: wait no longer than this for what has not begun."""
        for conn in self._waiting:
            if conn.stage is not Stage.FLUSHING and not conn.incoming.begun:
                conn.hurry(deadline)

    def _serve(self, conn: ClientConnection) -> bool:
        try:
            return bool(self.handle_request(conn.request, conn))
        except StopIteration:
            return False  # the connection is the hub's now, or was closed in the midst of an answer
        except ReaderTooSlow:
            log.warning("reader_too_slow")
        except OSError as error:
            if error.errno not in PEER_GONE:
                log.exception("answer_not_written")
        except Exception as error:
            offered = get_contextvars().get("request_id") or offered_request_id(conn.request)
            bind_contextvars(request_id=request_id_for(offered))
            log.exception("request_failed_outside_the_application")
            self._answer_refusal(conn, error, get_contextvars()["request_id"])
            return False
        conn.sock.backlog.clear()
        return False

    def _is_ready(self, conn: ClientConnection, _sock: Any) -> None:
        steps = {Stage.LINGERING: self._discard, Stage.FLUSHING: self._flush}
        self._carefully(steps.get(conn.stage, self._read), conn)

    def _carefully(self, step: Callable[[ClientConnection], None], conn: ClientConnection) -> None:
        """Take the step; what fails costs this connection and not the process."""
        try:
            step(conn)
            self._give_up(self._waiting.measure(conn))
        except OSError:
            self._close(conn)
        except Exception:
            log.exception("connection_failed")
            self._close(conn)

    def _read(self, conn: ClientConnection) -> None:
        try:
            data = conn.sock.recv(READ_BYTES)
        except BlockingIOError:
            self._wait(conn, conn.stage)
            return
        if data:
            conn.incoming.feed(data)
            self._advance(conn)
        elif conn.incoming.begun:
            self._refuse(conn, RequestCutShort())
        else:
            self._close(conn)

    def _advance(self, conn: ClientConnection) -> None:
        """Give a request that is wholly there to a thread, and wait for what is missing of one that is not."""
        try:
            conn.request = conn.incoming.take()
        except ParseException as error:
            self._refuse(conn, error)
            return
        if conn.request is not None:
            self._waiting.leave(self.poller, conn)
            self.enqueue_req(conn)
            return
        if conn.incoming.wants_leave():
            conn.sock.sendall(GO_ON)
        self._wait(conn, Stage.READING)

    def _wait(self, conn: ClientConnection, stage: Stage) -> None:
        """Wait, unless that is so already: a byte now and then prolongs nothing; what a large body brings does."""
        if conn.stage is stage and conn.events:
            if conn.incoming.more_than_usual_bytes:
                conn.last(REQUEST_SECONDS + conn.incoming.more_than_usual_bytes / LARGE_BODY_BYTES_PER_SECOND)
            return
        rest = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        self._waiting.enter(self.poller, conn, stage, SECONDS.get(stage, rest))

    def _finish(self, conn: ClientConnection) -> None:
        if conn.sock.fileno() < 0:
            self._close(conn)  # gunicorn has: its answer failed half-way
        elif conn.sock.backlog:
            self._wait(conn, Stage.FLUSHING)
        elif not conn.keeps_alive:
            self._linger(conn)
        elif conn.incoming.begun:
            self._advance(conn)
        else:
            self._wait(conn, Stage.RESTING)

    def _flush(self, conn: ClientConnection) -> None:
        if conn.sock.send_backlog():
            conn.postpone(STALL_SECONDS)
        if not conn.sock.backlog:
            self._finish(conn)

    def _refuse(self, conn: ClientConnection, error: Exception) -> None:
        self._answer_refusal(conn, error, conn.incoming.offered_request_id())
        conn.keeps_alive = False
        self._finish(conn)

    def _answer_refusal(self, conn: ClientConnection, error: Exception, offered_id: str) -> None:
        refusal, request_id = refusal_of(error), request_id_for(offered_id)
        log.warning("request_refused", status=int(refusal.status), code=refusal.code, request_id=request_id)
        conn.sock.sendall(refusal.on_the_wire(request_id, https=self.https))

    def _linger(self, conn: ClientConnection) -> None:
        """End our half, and let the peer end its own: an end at once would cost it the answer (RFC 9112, 9.6)."""
        conn.sock.shutdown(socket.SHUT_WR)
        self._discard(conn)

    def _discard(self, conn: ClientConnection) -> None:
        try:
            data = conn.sock.recv(READ_BYTES)
        except BlockingIOError:
            data = None
        conn.discarded_bytes += len(data or b"")
        if data == b"" or conn.discarded_bytes > LINGER_MAXIMUM_BYTES:
            self._close(conn)
        else:
            self._wait(conn, Stage.LINGERING)

    def _end_waiting(self, conn: ClientConnection) -> None:
        if conn.stage is Stage.READING and conn.incoming.begun:
            self._refuse(conn, RequestTooSlow())
        else:
            self._close(conn)

    def _give_up(self, conn: ClientConnection | None) -> None:
        if conn is not None:
            self._given_up += 1
            self._close(conn)

    def _tell_of_given_up(self) -> None:
        if self._given_up:
            log.warning("connections_given_up", connections=self._given_up, open=self.nr_conns)
            self._given_up = 0

    def _close(self, conn: ClientConnection) -> None:
        self._waiting.leave(self.poller, conn)
        self.nr_conns -= 1
        conn.sock.close()
