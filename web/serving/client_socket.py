"""A client's connection, to which writing is never more than the kernel takes at once, or some memory."""

import select
import socket
from threading import BoundedSemaphore
from typing import Any

BACKLOG_MAXIMUM_BYTES = 2 * 1024 * 1024
STALL_SECONDS = 20.0


class ReaderTooSlow(OSError):
    """The peer does not read what it asked for."""


class ClientSocket(socket.socket):
    """A non-blocking socket; what the kernel does not take waits in `backlog` for the poller to send it.

    Only an answer that is longer than the backlog lets its thread wait, and only some threads at a time.
    """

    def __init__(self, accepted: socket.socket, waiting_threads: BoundedSemaphore) -> None:
        """`waiting_threads` says how many may wait for readers at a time, of all sockets that share it."""
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.setblocking(False)
        self.backlog = bytearray()
        self._waiting_threads = waiting_threads

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send it, or keep it to be sent. Raises `ReaderTooSlow`, and OSError where the peer is gone."""
        sent = 0 if self.backlog else self._send_some(data)
        if sent < len(data):
            self.backlog += memoryview(data)[sent:]
        if len(self.backlog) > BACKLOG_MAXIMUM_BYTES:
            self._wait_for_reader()

    def send_backlog(self) -> bool:
        """Send of the backlog what the kernel takes; say whether that was anything. Raises OSError as above."""
        sent = self._send_some(self.backlog)
        del self.backlog[:sent]
        return sent > 0

    def _send_some(self, data: Any) -> int:
        try:
            return self.send(data)
        except BlockingIOError:
            return 0

    def _wait_for_reader(self) -> None:
        if not self._waiting_threads.acquire(blocking=False):
            raise ReaderTooSlow
        try:
            poll = select.poll()
            poll.register(self, select.POLLOUT)
            while len(self.backlog) > BACKLOG_MAXIMUM_BYTES // 2:
                if not poll.poll(STALL_SECONDS * 1000):
                    raise ReaderTooSlow
                self.send_backlog()
        finally:
            self._waiting_threads.release()
