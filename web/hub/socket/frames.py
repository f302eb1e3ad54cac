"""A server's WebSocket frames (RFC 6455 section 5.2), ready to be written to any socket.

They carry no mask and no extension's bits, so that one encoded frame serves every connection.
"""

import json
from struct import Struct
from typing import Any

FIN = 0x80
TEXT, CLOSE, PONG = 0x1, 0x8, 0xA
SHORT_MAXIMUM, TWO_BYTES, EIGHT_BYTES = 125, 126, 127
SIXTEEN_BITS = 0xFFFF
REASON_MAXIMUM = SHORT_MAXIMUM - 2

SHORT = Struct("!BB")
MEDIUM = Struct("!BBH")
LONG = Struct("!BBQ")
CODE = Struct("!H")


def text_frame(payload: bytes) -> bytes:
    """Return one unfragmented text frame; `payload` is UTF-8."""
    return _header(TEXT, len(payload)) + payload


def message_frame(message: dict[str, Any]) -> bytes:
    """Return the text frame that carries `message` as JSON."""
    return text_frame(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def close_frame(code: int | None, reason: str = "") -> bytes:
    """Return a Close frame; None for one without a code. A reason that is too long is cut between characters."""
    if code is None:
        return _header(CLOSE, 0)
    words = reason.encode()[:REASON_MAXIMUM].decode(errors="ignore").encode()
    return _header(CLOSE, len(words) + CODE.size) + CODE.pack(code) + words


def pong_frame(payload: bytes) -> bytes:
    """Return the answer to a Ping frame, with the same payload."""
    return _header(PONG, len(payload)) + payload


def end_of_frame(frames: bytes, written: int) -> int:
    """Return the offset where the frame that holds byte `written` ends, in a run of whole frames.

    A run that was cut at `written` is continued up to there before any other frame may follow.
    """
    end = 0
    while end < written:
        end += _length_at(frames, end)
    return end


def payload_of(frame: bytes) -> bytes:
    """Return what a whole frame of ours carries."""
    return frame[_header_size(frame[1]) :]


def _header(opcode: int, length: int) -> bytes:
    if length <= SHORT_MAXIMUM:
        return SHORT.pack(FIN | opcode, length)
    if length <= SIXTEEN_BITS:
        return MEDIUM.pack(FIN | opcode, TWO_BYTES, length)
    return LONG.pack(FIN | opcode, EIGHT_BYTES, length)


def _length_at(frames: bytes, start: int) -> int:
    return _header_size(frames[start + 1]) + _payload_length(frames, start)


def _header_size(short: int) -> int:
    return {TWO_BYTES: MEDIUM.size, EIGHT_BYTES: LONG.size}.get(short, SHORT.size)


def _payload_length(frames: bytes, start: int) -> int:
    short = frames[start + 1]
    if short <= SHORT_MAXIMUM:
        return short
    length: int = (MEDIUM if short == TWO_BYTES else LONG).unpack_from(frames, start)[2]
    return length
