"""One dashboard socket: its state, its bounded backlog, its input. Only the loop's thread touches it.

No method blocks and none raises for what a peer or the network does: a connection closes itself instead, and tells
its owner. `__slots__` and lazily made parts keep one that is at rest small.
"""

import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from time import monotonic
from typing import Any

from web.hub.codes import Close
from web.hub.contracts import Known, Owner, Ticket
from web.hub.decoder import Decoder, InputRefused, Received
from web.hub.frames import close_frame, end_of_frame, message_frame

BACKLOG_MAXIMUM = 1024 * 1024
REFILL_BELOW = 256 * 1024
WRITE_DEADLINE_SECONDS = 10.0
PROGRESS_BYTES = 64 * 1024
LINGER_SECONDS = 3.0
RECEIVE_BYTES = 16 * 1024
INPUT_PER_SECOND = 32 * 1024


class State(IntEnum):
    """Where a connection stands; from CLOSING on it only gets rid of what it still has to say."""

    UNAUTHENTICATED = 0
    AUTHENTICATING = 1
    IDLE = 2
    REPLAYING = 3
    LIVE = 4
    CLOSING = 5
    ENDED = 6


class Connection:
    """A socket that was handed over. The hub reads and sets the plain attributes; bytes go through the methods."""

    __slots__ = (
        "backlog",
        "beat",
        "close_at",
        "cursor",
        "decoder",
        "expires",
        "fd",
        "held",
        "identity",
        "narrowed_to",
        "number",
        "offset",
        "owner",
        "paused",
        "progress",
        "pulse_at",
        "queued",
        "received",
        "renewing",
        "replay",
        "seen",
        "sock",
        "state",
        "ticket",
        "write_by",
    )

    def __init__(self, sock: socket.socket, number: int, ticket: Ticket, owner: Owner) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.number = number
        self.ticket = ticket
        self.owner = owner
        self.state = State.UNAUTHENTICATED
        self.identity: Known | None = None
        self.narrowed_to: str | None = None
        self.cursor = 0
        self.seen = 0
        self.replay: Any = None
        self.held: deque[Received] | None = None
        self.expires = 0.0
        self.renewing = False
        self.pulse_at = 0.0
        self.beat = 0
        self.backlog: deque[bytes] | None = None
        self.offset = 0
        self.queued = 0
        self.progress = 0
        self.write_by = 0.0
        self.close_at = 0.0
        self.decoder: Decoder | None = None
        self.received = 0
        self.paused = False

    @property
    def reads(self) -> bool:
        """Whether it wants to hear of input. While it is being authenticated, the kernel keeps what comes."""
        return self.state is not State.AUTHENTICATING and not self.paused

    @property
    def writes(self) -> bool:
        """Whether it waits for room in the kernel."""
        return self.backlog is not None

    @property
    def is_open(self) -> bool:
        """Whether it still serves somebody."""
        return self.state < State.CLOSING

    def offer(self, frames: bytes) -> bool:
        """Write whole frames and keep what the kernel does not take; False where there is no room to keep them."""
        if self.backlog is not None:
            if self.queued + len(frames) > BACKLOG_MAXIMUM:
                return False
            self.backlog.append(frames)
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

    def say(self, message: dict[str, Any]) -> None:
        """Send one message; a connection that has no room even for that is closed as slow."""
        self.say_frame(message_frame(message))

    def say_frame(self, frame: bytes) -> None:
        """Send one frame; a connection that has no room even for that is closed as slow."""
        if not self.offer(frame):
            self.close(Close.SLOW)

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
            self.owner.interest_changed(self)
        if self.state is State.CLOSING:
            self._half_close()

    def receive(self) -> Iterator[Received]:
        """Yield what the peer said since the last time; closes itself where that breaks protocol or bounds."""
        try:
            data = self.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.end()
            return
        self._meter(len(data))
        if self.is_open:
            yield from self._decode(data)

    def resume_input(self) -> None:
        """A new second has begun: its input allowance is whole again."""
        self.received = 0
        if self.paused:
            self.paused = False
            self.owner.interest_changed(self)

    def close(self, code: int, reason: str | None = None) -> None:
        """Say goodbye and serve nobody from here on. The rest of a frame that was begun goes first."""
        if not self.is_open:
            return
        self.state = State.CLOSING
        self.close_at = monotonic() + LINGER_SECONDS
        self._drop_unbegun_frames()
        self.owner.closing(self, code)
        self.offer(close_frame(code, Close(code).reason if reason is None else reason))
        if self.backlog is None:
            self._half_close()

    def answer_goodbye(self, code: int | None) -> None:
        """The peer closes: answer with its own code (RFC 6455 section 5.5.1) and be done."""
        if not self.is_open:
            return
        self.state = State.CLOSING
        self._drop_unbegun_frames()
        self.owner.closing(self, Close.NO_STATUS if code is None else code)
        self.offer(close_frame(code))
        self.end()

    def end(self) -> None:
        """Close the descriptor now."""
        if self.state is State.ENDED:
            return
        was_open, self.state = self.is_open, State.ENDED
        self.backlog, self.decoder, self.replay, self.held = None, None, None, None
        self.queued = 0
        if was_open:
            self.owner.closing(self, Close.ABNORMAL)
        self.owner.ended(self)
        self.sock.close()

    def is_stalled(self, now: float) -> bool:
        """Say whether the peer took too little for too long."""
        return self.backlog is not None and now >= self.write_by

    def _keep(self, frames: bytes, written: int) -> None:
        self.backlog = deque((frames,))
        self.offset = written
        self.queued = len(frames) - written
        self.progress = 0
        self.write_by = monotonic() + WRITE_DEADLINE_SECONDS
        self.owner.interest_changed(self)

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

    def _drop_unbegun_frames(self) -> None:
        if self.backlog is None:
            return
        first = self.backlog[0]
        rest = first[self.offset : end_of_frame(first, self.offset)]
        self.backlog = deque((rest,) if rest else ())
        self.offset, self.queued = 0, len(rest)

    def _decode(self, data: bytes) -> Iterator[Received]:
        decoder = self.decoder or Decoder()
        try:
            yield from decoder.feed(data)
        except InputRefused as refusal:
            self.close(refusal.code)
            return
        self.decoder = None if decoder.idle or not self.is_open else decoder

    def _meter(self, size: int) -> None:
        self.received += size
        if self.received > INPUT_PER_SECOND and not self.paused:
            self.paused = True
            self.owner.interest_changed(self)

    def _half_close(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
