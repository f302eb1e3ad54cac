"""A request's body as it comes in, in whatever pieces; nothing here waits.

A chunked one is decoded on the way (RFC 9112, section 7.1), so that what is kept is never more than what was meant,
however it was wrapped, and the application sees a body of known length only.
"""

import re
from enum import Enum, auto
from typing import Protocol

from web.serving.body_content import BodyContent
from web.serving.request_refusals import BodyTooLarge, ChunksBroken

CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")
LINE_MAXIMUM = 4096
WRAPPING_MAXIMUM_BYTES = 64 * 1024
"""What all sizes, extensions and trailers of a body may take: each line costs time, and nobody needs so many."""
CRLF = b"\r\n"


class RequestBody(Protocol):
    """`content` is what came so far."""

    content: BodyContent

    def take(self, incoming: bytearray) -> bool:
        """Take what is ours off the front of `incoming`; True once the body is whole."""


class SizedBody:
    """A body whose length was said before. Raises `BodyTooLarge`."""

    def __init__(self, length: int, content: BodyContent | None = None) -> None:
        self.content = content or BodyContent()
        self.content.expect(length)
        self._length = length

    def take(self, incoming: bytearray) -> bool:
        """As `RequestBody` says."""
        missing = self._length - self.content.size
        self.content.write(incoming[:missing])
        del incoming[:missing]
        return self.content.size == self._length


class Awaited(Enum):
    """What comes next in a chunked body."""

    SIZE = auto()
    DATA = auto()
    END_OF_DATA = auto()
    TRAILER = auto()
    NOTHING = auto()


TRAILER_BEGUN = re.compile(rb"[^\r\n]*\r?")
LINE_BEGUN = {
    Awaited.SIZE: re.compile(rb"(?:[0-9A-Fa-f]{1,16}(?:[ \t]*|[ \t]*;[\t\x20-\x7e\x80-\xff]*)\r?)?"),
    Awaited.END_OF_DATA: re.compile(rb"\r?"),
}
"""What has come of a line that may still become one."""


class ChunkedBody:
    """A body that comes in chunks. Extensions and trailers are read and forgotten."""

    def __init__(self, content: BodyContent | None = None) -> None:
        self.content = content or BodyContent()
        self._awaited = Awaited.SIZE
        self._missing = 0
        self._wrapping_bytes = 0

    def take(self, incoming: bytearray) -> bool:
        """As `RequestBody` says; raises `ChunksBroken` or `BodyTooLarge`."""
        position = 0
        while self._awaited is not Awaited.NOTHING:
            take = self._take_data if self._awaited is Awaited.DATA else self._take_line
            taken = take(incoming, position)
            if taken == 0:
                break
            position += taken
        del incoming[:position]
        return self._awaited is Awaited.NOTHING

    def _take_data(self, incoming: bytearray, position: int) -> int:
        piece = incoming[position : position + self._missing]
        self.content.write(piece)
        self._missing -= len(piece)
        if self._missing == 0:
            self._awaited = Awaited.END_OF_DATA
        return len(piece)

    def _take_line(self, incoming: bytearray, position: int) -> int:
        end = incoming.find(CRLF, position, position + LINE_MAXIMUM)
        if end < 0:
            self._refuse_hopeless(bytes(incoming[position : position + LINE_MAXIMUM]))
            return 0
        self._read_line(bytes(incoming[position:end]))
        taken = end + len(CRLF) - position
        self._wrapping_bytes += taken
        if self._wrapping_bytes > WRAPPING_MAXIMUM_BYTES:
            raise BodyTooLarge
        return taken

    def _refuse_hopeless(self, begun: bytes) -> None:
        """Refuse at once what can't become a line, whatever follows: its client would wait for the deadline."""
        can_be = LINE_BEGUN.get(self._awaited, TRAILER_BEGUN)
        if len(begun) >= LINE_MAXIMUM or can_be.fullmatch(begun) is None:
            raise ChunksBroken

    def _read_line(self, line: bytes) -> None:
        if self._awaited is Awaited.SIZE:
            self._begin_chunk(line)
        elif self._awaited is Awaited.END_OF_DATA:
            if line:
                raise ChunksBroken
            self._awaited = Awaited.SIZE
        elif not line:
            self._awaited = Awaited.NOTHING
        elif b"\n" in line or b":" not in line:
            raise ChunksBroken

    def _begin_chunk(self, line: bytes) -> None:
        found = CHUNK_LINE.fullmatch(line)
        if found is None:
            raise ChunksBroken
        self._missing = int(found[1], 16)
        self.content.expect(self.content.size + self._missing)
        self._awaited = Awaited.DATA if self._missing else Awaited.TRAILER
