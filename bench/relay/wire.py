"""A client's side of RFC 6455, as little as a crowd of thousands needs: the mask is zero, frames are counted."""

import base64
import os
from collections.abc import Iterator, Mapping
from struct import Struct

from web.hub.socket.frames import EIGHT_BYTES, SHORT_MAXIMUM, SIXTEEN_BITS, TEXT, TWO_BYTES

UPGRADED = b" 101 "
END_OF_HEAD = b"\r\n\r\n"
FIN_TEXT = 0x80 | TEXT
MASKED = 0x80
COMPRESSED = 0x40
SHORT = Struct("!BB4x")
MEDIUM = Struct("!BBH4x")
TWO, EIGHT = Struct("!H"), Struct("!Q")


def upgrade_request(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the handshake's request, which offers compression as every browser's does."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + END_OF_HEAD


def text_message(payload: bytes) -> bytes:
    """Return a masked text frame; the mask is zero, so that the payload stays as it is. At most 65,535 bytes."""
    if len(payload) > SIXTEEN_BITS:
        raise ValueError("a crowd says little")
    if len(payload) <= SHORT_MAXIMUM:
        return SHORT.pack(FIN_TEXT, MASKED | len(payload)) + payload
    return MEDIUM.pack(FIN_TEXT, MASKED | TWO_BYTES, len(payload)) + payload


def is_compressed(data: bytes, start: int) -> bool:
    """Say whether the frame there is compressed (RFC 7692)."""
    return bool(data[start] & COMPRESSED)


def payloads(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each whole frame's payload and where the frame ends."""
    start = 0
    while (bounds := _bounds(data, start)) is not None:
        begin, end = bounds
        yield data[begin:end], end
        start = end


def _bounds(data: bytes, start: int) -> tuple[int, int] | None:
    if len(data) < start + 2:
        return None
    short = data[start + 1]
    begin = start + {TWO_BYTES: 4, EIGHT_BYTES: 10}.get(short, 2)
    if len(data) < begin:
        return None
    length = short
    if short == TWO_BYTES:
        length = TWO.unpack_from(data, start + 2)[0]
    elif short == EIGHT_BYTES:
        length = EIGHT.unpack_from(data, start + 2)[0]
    return (begin, begin + length) if len(data) >= begin + length else None
