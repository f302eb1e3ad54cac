"""A request's body as it comes in, in whatever pieces; nothing here waits.

A chunked one is decoded on the way (RFC 9112, section 7.1), so that what is kept is never more than what was meant,
however it was wrapped, and the application sees a body of known length only.
"""

import io
import re
import tempfile
from enum import Enum, auto
from typing import IO, Protocol

from web.http.request_hooks import MAXIMUM_BODY_BYTES
from web.serving.request_refusals import BodyTooLarge, ChunksBroken

CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")
LINE_MAXIMUM = 4096
WRAPPING_MAXIMUM_BYTES = 64 * 1024
"""What all sizes, extensions and trailers of a body may take: each line costs time, and nobody needs so many."""
CRLF = b"\r\n"


class RequestBody(Protocol):
    """`content` is what came so far."""

    content: "bytearray | FiledContent"

    def take(self, incoming: bytearray) -> bool:
        """Take what is ours off the front of `incoming`; True once the body is whole."""


class FiledContent:
    """The bytes of a body that may be too large for memory, in a file that nobody else can open."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it is gone when nobody has it any more
        self._length = 0

    def extend(self, data: bytes | bytearray) -> None:
        """Add these."""
        self.file.write(data)
        self._length += len(data)

    def __len__(self) -> int:
        return self._length


def content_for(maximum_bytes: int) -> bytearray | FiledContent:
    """Return where the bytes of a body go that may have so many."""
    return bytearray() if maximum_bytes <= MAXIMUM_BODY_BYTES else FiledContent()


def as_file(content: bytearray | FiledContent) -> IO[bytes]:
    """Return the whole content as a file at its start."""
    if isinstance(content, bytearray):
        return io.BytesIO(content)
    content.file.seek(0)
    return content.file


class SizedBody:
    """A body whose length was said before. Raises `BodyTooLarge`."""

    def __init__(self, length: int, maximum_bytes: int | None = None) -> None:
        maximum = MAXIMUM_BODY_BYTES if maximum_bytes is None else maximum_bytes
        if length > maximum:
            raise BodyTooLarge
        self.content = content_for(maximum)
        self._length = length

    def take(self, incoming: bytearray) -> bool:
        """As `RequestBody` says."""
        missing = self._length - len(self.content)
        self.content.extend(incoming[:missing])
        del incoming[:missing]
        return len(self.content) == self._length


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

    def __init__(self, maximum_bytes: int | None = None) -> None:
        self._maximum = MAXIMUM_BODY_BYTES if maximum_bytes is None else maximum_bytes
        self.content = content_for(self._maximum)
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
        self.content.extend(piece)
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
        if len(self.content) + self._missing > self._maximum:
            raise BodyTooLarge
        self._awaited = Awaited.DATA if self._missing else Awaited.TRAILER
