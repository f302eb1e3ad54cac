"""One dashboard socket: its state, its backlog, its input. Only the loop's thread touches it.

No method blocks and none raises for what a peer or the network does: a connection closes itself instead, and tells
its owner. `__slots__` and lazily made parts keep one that is at rest small.
"""

import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from time import monotonic
from typing import Any, Protocol

from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import SocketIdentity
from web.hub.core.hub_errors import InputRefused
from web.hub.socket.decoder import Decoder, Received
from web.hub.socket.frames import close_frame, message_frame
from web.hub.socket.replay_state import ReplayState
from web.hub.socket.send_buffer import SendBuffer
from web.hub.socket.ticket import Ticket
from web.hub.socket.viewed_complaint import ViewedComplaint

LINGER_SECONDS = 3.0
RECEIVE_BYTES = 16 * 1024
INPUT_PER_SECOND = 32 * 1024
FRAMES_PER_SECOND = 40
FRAMES_PER_SECOND_OF_STRANGERS = 10


class ConnectionState(IntEnum):
    """Where a connection stands; from CLOSING on it only gets rid of what it still has to say."""

    UNAUTHENTICATED = 0
    AUTHENTICATING = 1
    IDLE = 2
    REPLAYING = 3
    LIVE = 4
    CLOSING = 5
    ENDED = 6


class ConnectionOwner(Protocol):
    """Whom a connection tells what became of it."""

    def interest_changed(self, connection: "Connection") -> None:
        """What it waits for (`reads`, `writes`) is another thing now."""

    def closing(self, connection: "Connection", code: int) -> None:
        """It will serve nobody any more; called once, before `ended`."""

    def ended(self, connection: "Connection") -> None:
        """Its descriptor is about to be closed; called once."""


class Connection(SendBuffer):
    """A socket that was handed over. The hub reads and sets the plain attributes; bytes go through the methods."""

    __slots__ = (
        "close_at",
        "cursor",
        "decoder",
        "due_at",
        "expires",
        "fd",
        "frames",
        "held",
        "identity",
        "narrowed_to",
        "number",
        "owner",
        "paused",
        "ping_state",
        "received",
        "renewing",
        "replay",
        "seen",
        "state",
        "ticket",
        "view",
    )

    def __init__(self, sock: socket.socket, number: int, ticket: Ticket, owner: ConnectionOwner) -> None:
        super().__init__(sock)
        self.fd = sock.fileno()
        self.number = number
        self.ticket = ticket
        self.owner = owner
        self.state = ConnectionState.UNAUTHENTICATED
        self.identity: SocketIdentity | None = None
        self.renewing = False
        self.expires = 0.0
        self.narrowed_to: str | None = None
        self.cursor = 0
        self.seen = 0
        self.replay: ReplayState | None = None
        self.view: ViewedComplaint | None = None
        self.ping_state = 0
        self.due_at = 0.0
        self.close_at = 0.0
        self.decoder: Decoder | None = None
        self.held: deque[Received] | None = None
        self.received = 0
        self.frames = 0
        self.paused = False

    @property
    def reads(self) -> bool:
        """Whether it waits for input. While it is being authenticated, the kernel keeps what comes."""
        return self.state is not ConnectionState.AUTHENTICATING and not self.paused

    @property
    def is_metered(self) -> bool:
        """Whether it has used some of its input allowance, or waits for a new one."""
        return bool(self.received or self.frames or self.paused)

    @property
    def writes(self) -> bool:
        """Whether it waits for room in the kernel."""
        return self.backlog is not None

    @property
    def is_open(self) -> bool:
        """Whether it still serves somebody."""
        return self.state < ConnectionState.CLOSING

    def send_message(self, message: dict[str, Any]) -> None:
        """Send one message; a connection that has no room even for that is closed as slow."""
        self.send_frame(message_frame(message))

    def send_frame(self, frame: bytes) -> None:
        """Send one frame; a connection that has no room even for that is closed as slow."""
        if not self.offer(frame):
            self.close(CloseCode.SLOW)

    def flush(self) -> None:
        """Write what waits; after the Close frame, nothing more."""
        super().flush()
        if self.state is ConnectionState.CLOSING and self.backlog is None:
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
        self.received += len(data)
        if self.is_open:
            yield from self._decode(data)
        self._pause_if_too_much()

    def resume_input(self) -> Iterator[Received]:
        """A new second has begun: its allowance is whole again. Yield what was left over of the one before."""
        self.received = self.frames = 0
        if self.decoder is not None and self.is_open:
            yield from self._decode(b"")
        if self.paused and not self._is_too_much():
            self.paused = False
            self.owner.interest_changed(self)

    def close(self, code: int) -> None:
        """Send a Close frame and serve nobody from here on. The rest of a frame that was begun goes first."""
        self._part(code, close_frame(code, CloseCode(code).reason))

    def answer_close(self, code: int | None) -> None:
        """The peer closes: answer with its own code (RFC 6455 section 5.5.1) and read nothing more.

        The descriptor stays until the peer has closed, too: closing it while input is unread makes the kernel
        send a reset, and that can overtake the answer.
        """
        self._part(CloseCode.NO_STATUS if code is None else CloseCode.NORMAL, close_frame(code))

    def end(self) -> None:
        """Close the descriptor now."""
        if self.state is ConnectionState.ENDED:
            return
        was_open, self.state = self.is_open, ConnectionState.ENDED
        self.backlog, self.decoder, self.replay, self.held = None, None, None, None
        self.queued = 0
        if was_open:
            self.owner.closing(self, CloseCode.ABNORMAL)
        self.owner.ended(self)
        self.sock.close()

    def waiting_changed(self) -> None:
        """Pass it on to the owner."""
        self.owner.interest_changed(self)

    def _part(self, code: int, last_frame: bytes) -> None:
        if not self.is_open:
            return
        self.state = ConnectionState.CLOSING
        self.close_at = monotonic() + LINGER_SECONDS
        self.drop_unbegun_frames()
        self.owner.closing(self, code)
        self.offer(last_frame)
        if self.backlog is None:
            self._half_close()

    def _decode(self, data: bytes) -> Iterator[Received]:
        """Frame by frame, as many as the second allows; the decoder keeps the rest."""
        decoder = self.decoder = self.decoder or Decoder()
        try:
            for received in decoder.feed(data):
                self.frames += 1
                if received is not None:
                    yield received
                if not self.is_open or self._is_too_much():
                    return
        except InputRefused as refusal:
            self.close(refusal.code)
        self.decoder = None if decoder.idle or not self.is_open else decoder

    def _is_too_much(self) -> bool:
        """Each frame costs work, however few bytes it has; what a client really has to say is little."""
        most = FRAMES_PER_SECOND_OF_STRANGERS if self.identity is None else FRAMES_PER_SECOND
        return self.received > INPUT_PER_SECOND or self.frames >= most

    def _pause_if_too_much(self) -> None:
        if self._is_too_much() and not self.paused:
            self.paused = True
            self.owner.interest_changed(self)

    def _half_close(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
