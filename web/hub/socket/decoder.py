"""What a client's bytes say, as whole messages. Bytes in, values out: no socket, so that every case is a table row.

wsproto parses the frames. A decoder is some 2 KB, so a connection keeps one only while a message is unfinished.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from wsproto.frame_protocol import Frame, FrameDecoder, MessageDecoder, Opcode, ParseFailed

from web.hub.core.close_codes import CloseCode
from web.hub.core.hub_errors import InputRefused

MESSAGE_MAXIMUM = 16 * 1024
CLOSE_CODE = Struct("!H")
CODES_OF_THE_RFC = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})
CODES_OF_APPLICATIONS = range(3000, 5000)


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A whole text message."""

    text: str


@dataclass(frozen=True, slots=True)
class PingFrame:
    """A Ping frame, which wants a Pong with the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class CloseFrame:
    """A Close frame; `code` is None where it carried none."""

    code: int | None


Received = TextMessage | PingFrame | CloseFrame


class Decoder:
    """Turns one connection's bytes into messages."""

    __slots__ = ("_frames", "_messages", "_parts", "_size")

    def __init__(self) -> None:
        self._frames = FrameDecoder(client=False)
        self._messages = MessageDecoder()
        self._parts: list[str] = []
        self._size = 0

    @property
    def idle(self) -> bool:
        """Whether everything fed so far was whole, so that a fresh decoder could go on from here."""
        return self._frames.header is None and self._messages.opcode is None and not len(self._frames.buffer)

    def feed(self, data: bytes) -> Iterator[Received | None]:
        """Yield for each frame what it made whole, or None; raises `InputRefused` at what must not be.

        Whoever stops in between may go on with `feed(b"")`: what was not yielded is kept.
        """
        self._frames.receive_bytes(data)
        try:
            while (frame := self._frames.process_buffer()) is not None:
                yield self._take_control(frame) if frame.opcode.iscontrol() else self._take_data(frame)
        except ParseFailed as fault:
            raise InputRefused(CloseCode(fault.code)) from fault

    def _take_data(self, frame: Frame) -> TextMessage | None:
        self._size += len(frame.payload)
        if self._size > MESSAGE_MAXIMUM:
            raise InputRefused(CloseCode.TOO_LARGE)
        part = self._messages.process_frame(frame)
        if not isinstance(part.payload, str):
            raise InputRefused(CloseCode.UNSUPPORTED_DATA)
        if part.payload:
            self._parts.append(part.payload)
        if not part.message_finished:
            return None
        text = "".join(self._parts)
        self._parts, self._size = [], 0
        return TextMessage(text)

    def _take_control(self, frame: Frame) -> PingFrame | CloseFrame | None:
        payload = bytes(frame.payload)  # type: ignore[arg-type]  # the frame decoder yields bytes only
        if frame.opcode is Opcode.PING:
            return PingFrame(payload)
        return CloseFrame(_close_code(payload)) if frame.opcode is Opcode.CLOSE else None


def _close_code(payload: bytes) -> int | None:
    if not payload:
        return None
    if len(payload) < CLOSE_CODE.size:
        raise InputRefused(CloseCode.PROTOCOL_ERROR)
    code: int = CLOSE_CODE.unpack_from(payload)[0]
    if code not in CODES_OF_THE_RFC and code not in CODES_OF_APPLICATIONS:
        raise InputRefused(CloseCode.PROTOCOL_ERROR)
    try:
        payload[CLOSE_CODE.size :].decode()
    except UnicodeDecodeError:
        raise InputRefused(CloseCode.INVALID_PAYLOAD) from None
    return code
