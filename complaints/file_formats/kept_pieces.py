"""A file as it is kept: pieces of what came, and bytes of ours between them. Nothing is held whole in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from complaints.errors import FileRefused

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Extent:
    """So many bytes of the file that came, from there on."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Blank:
    """So many zero bytes in place of what was there: where others are found by their place, nothing may move."""

    size: int


Piece = bytes | Extent | Blank


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What is kept of a file; a picture's width and height are as it is shown, turned upright."""

    content_type: str
    pieces: tuple[Piece, ...]
    width: int | None = None
    height: int | None = None


class Source:
    """The file that came, read here and there. What would lie beyond its end makes it broken (`FileRefused`)."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.size = size
        self._file = file

    def read(self, offset: int, size: int) -> bytes:
        """Return so many bytes from there on."""
        if offset + size > self.size:
            raise broken()
        self._file.seek(offset)
        return self._file.read(size)

    def whole(self) -> Extent:
        """Return all of it."""
        return Extent(0, self.size)

    def chunks(self, extent: Extent) -> Iterator[bytes]:
        """Yield the bytes of the extent, some at a time."""
        offset, end = extent.offset, extent.offset + extent.size
        while offset < end:
            chunk = self.read(offset, min(CHUNK_BYTES, end - offset))
            yield chunk
            offset += len(chunk)


def kept_chunks(source: Source, kept: KeptFile) -> Iterator[bytes]:
    """Yield the file as it is kept, some bytes at a time."""
    for piece in kept.pieces:
        if isinstance(piece, Extent):
            yield from source.chunks(piece)
        elif isinstance(piece, Blank):
            for start in range(0, piece.size, CHUNK_BYTES):
                yield bytes(min(CHUNK_BYTES, piece.size - start))
        else:
            yield piece


def broken() -> FileRefused:
    """Return the refusal of a file that is not what it begins as."""
    return FileRefused("The file is broken, or was cut short.")
