"""The way out of a socket: one writer that never blocks, and a backlog bounded in bytes.

Too slow? `lifecycle/connections.py` closes who stalled, `connection.py` who has no room for a frame.
"""

import socket
from abc import ABC, abstractmethod
from collections import deque
from time import monotonic

from web.hub.socket.frames import end_of_frame

BACKLOG_MAXIMUM = 1024 * 1024
WRITE_DEADLINE_SECONDS = 10.0
PROGRESS_BYTES = 64 * 1024
JOINED_BYTES = 4096


class SendBuffer(ABC):
    """Runs of whole frames on their way to a peer. A backlog exists only while the kernel takes less than all."""

    __slots__ = ("backlog", "offset", "progress", "queued", "sock", "write_by")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.backlog: deque[bytes] | None = None
        self.offset = 0
        self.queued = 0
        self.progress = 0
        self.write_by = 0.0

    def offer(self, frames: bytes) -> bool:
        """Write whole frames and keep what the kernel does not take; False where there is no room to keep them."""
        if self.backlog is not None:
            if self.queued + len(frames) > BACKLOG_MAXIMUM:
                return False
            self._append(self.backlog, frames)
            self.queued += len(frames)
            return True
        try:
            written = self.sock.send(frames)
        except BlockingIOError:
            written = 0
        except OSError:
            self.end()
            return True
        if written < len(frames):
            self._keep(frames, written)
        return True

    def flush(self) -> None:
        """Write what waits, as far as the kernel takes it."""
        while self.backlog:
            try:
                written = self.sock.send(memoryview(self.backlog[0])[self.offset :])
            except BlockingIOError:
                return
            except OSError:
                self.end()
                return
            self._count(self.backlog, written)
        if self.backlog is not None:
            self.backlog = None
            self.waiting_changed()

    def is_stalled(self, now: float) -> bool:
        """Say whether the peer took too little for too long: less than `PROGRESS_BYTES` within the deadline."""
        return self.backlog is not None and now >= self.write_by

    def drop_unbegun_frames(self) -> None:
        """Keep of the backlog only the rest of a frame that was begun: the peer must be able to read on."""
        if self.backlog is None:
            return
        first = self.backlog[0]
        rest = first[self.offset : end_of_frame(first, self.offset)]
        self.backlog = deque((rest,) if rest else ())
        self.offset, self.queued = 0, len(rest)

    @abstractmethod
    def end(self) -> None:
        """Close the descriptor; the peer is gone."""

    @abstractmethod
    def waiting_changed(self) -> None:
        """A backlog has come to be, or is gone."""

    def _keep(self, frames: bytes, written: int) -> None:
        self.backlog = deque((frames,))
        self.offset = written
        self.queued = len(frames) - written
        self.progress = 0
        self.write_by = monotonic() + WRITE_DEADLINE_SECONDS
        self.waiting_changed()

    def _append(self, backlog: deque[bytes], frames: bytes) -> None:
        """Join what is small, so that a backlog of tiny frames is no larger in memory than its bytes."""
        if backlog and len(backlog[-1]) + len(frames) <= JOINED_BYTES:
            backlog[-1] += frames
        else:
            backlog.append(frames)

    def _count(self, backlog: deque[bytes], written: int) -> None:
        self.queued -= written
        self.offset += written
        self.progress += written
        if self.offset == len(backlog[0]):
            backlog.popleft()
            self.offset = 0
        if self.progress >= PROGRESS_BYTES:
            self.progress = 0
            self.write_by = monotonic() + WRITE_DEADLINE_SECONDS
