"""HEIC (ISO/IEC 23008-12): items found by their place in the file, so that what goes leaves zeros where it was.

Of what says something beside the picture (Exif, XMP, boxes that nobody needs) nothing stays. Which way up it is, is
a property of the picture itself.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from complaints.file_formats.kept_pieces import Blank, Extent, KeptFile, Piece, Source, broken

BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis"))
FILE_TYPE, META, FREE = b"ftyp", b"meta", b"free"
KEPT = frozenset((FILE_TYPE, META, b"mdat"))
TOLD_BESIDE = frozenset((b"Exif", b"mime", b"uri "))
META_MAXIMUM_BYTES = 1024 * 1024
BOXES_MAXIMUM = 200
IN_THE_FILE, IN_THE_META = 0, 1


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where it begins, how long its head and the whole are."""

    kind: bytes
    offset: int
    head: int
    size: int


def is_heic(start: bytes) -> bool:
    """Say whether the file begins as a HEIC picture does."""
    brands = {start[8:12], *(start[place : place + 4] for place in range(16, len(start) - 3, 4))}
    return start[4:8] == FILE_TYPE and bool(BRANDS & brands) and start[8:12] in BRANDS | {b"mif1", b"msf1"}


def keep_heic(source: Source) -> KeptFile:
    """Return what is kept of it; raises `FileRefused` for one that is broken."""
    boxes = list(_boxes(source))
    metas = [box for box in boxes if box.kind == META]
    if len(metas) != 1 or metas[0].size > META_MAXIMUM_BYTES:
        raise broken()
    try:
        content = source.read(metas[0].offset, metas[0].size)
        parts = {box.kind: (content, box) for box in _inside(content, metas[0].head + 4, metas[0].size)}
        blank = [place for place in _places(metas[0], parts) if place.size]
        width, height = _size(parts)
    except (struct.error, IndexError):
        raise broken() from None
    covers = [Extent(box.offset + 8, box.size - 8) for box in boxes if box.kind not in KEPT]
    return KeptFile("image/heic", tuple(_pieces(source, boxes, [*blank, *covers])), width, height)


def _boxes(source: Source) -> Iterator[Box]:
    offset = 0
    for _ in range(BOXES_MAXIMUM):
        if offset == source.size:
            return
        box = _box(source.read(offset, min(16, source.size - offset)), offset, source.size)
        yield box
        offset += box.size
    raise broken()


def _box(head: bytes, offset: int, end: int) -> Box:
    """Read a box's head; raises `FileRefused` where it reaches beyond what is around it."""
    size, head_bytes = int.from_bytes(head[:4]), 8
    if size == 1:
        size, head_bytes = int.from_bytes(head[8:16]), 16
    size = size or end - offset
    if len(head) < 8 or size < head_bytes or offset + size > end:
        raise broken()
    return Box(head[4:8], offset, head_bytes, size)


def _inside(content: bytes, start: int, end: int) -> Iterator[Box]:
    while start < end:
        box = _box(content[start : start + 16], start, end)
        yield box
        start += box.size


def _places(meta: Box, parts: dict[bytes, tuple[bytes, Box]]) -> Iterator[Extent]:
    """Yield where in the file items lie that tell something beside the picture."""
    wanted = set(_told_beside(*parts[b"iinf"])) if b"iinf" in parts else set()
    if not wanted:
        return
    if b"iloc" not in parts:
        raise broken()
    for item, method, offset, size in _locations(*parts[b"iloc"]):
        if item not in wanted:
            continue
        if method == IN_THE_META and b"idat" in parts:
            data = parts[b"idat"][1]
            yield Extent(meta.offset + data.offset + data.head + offset, size)
        elif method == IN_THE_FILE:
            yield Extent(offset, size)
        else:
            raise broken()


def _told_beside(content: bytes, box: Box) -> Iterator[int]:
    start = box.offset + box.head
    counted = 2 if content[start] == 0 else 4
    for entry in _inside(content, start + 4 + counted, box.offset + box.size):
        at = entry.offset + entry.head
        width = {2: 2, 3: 4}.get(content[at])
        if entry.kind != b"infe" or width is None:
            raise broken()
        kind = content[at + 4 + width + 2 : at + 4 + width + 6]
        if kind in TOLD_BESIDE:
            yield int.from_bytes(content[at + 4 : at + 4 + width])


def _locations(content: bytes, box: Box) -> Iterator[tuple[int, int, int, int]]:
    """Yield of each extent its item, how its place is meant, the place, the length (ISO/IEC 14496-12, 8.11.3)."""
    at = box.offset + box.head
    version, sizes = content[at], int.from_bytes(content[at + 4 : at + 6])
    offset_bytes, length_bytes, base_bytes, index_bytes = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    number = _Numbers(content, at + 6, box.offset + box.size)
    wide = 4 if version == 2 else 2
    for _ in range(number.take(wide)):
        item = number.take(wide)
        method = number.take(2) & 15 if version else IN_THE_FILE
        number.take(2)
        base = number.take(base_bytes)
        for _ in range(number.take(2)):
            if version:
                number.take(index_bytes)
            offset = base + number.take(offset_bytes)
            yield item, method, offset, number.take(length_bytes)


class _Numbers:
    """Numbers of some bytes each, one after another."""

    def __init__(self, content: bytes, start: int, end: int) -> None:
        self._content, self._at, self._end = content, start, end

    def take(self, size: int) -> int:
        self._at += size
        if self._at > self._end:
            raise broken()
        return int.from_bytes(self._content[self._at - size : self._at])


def _size(parts: dict[bytes, tuple[bytes, Box]]) -> tuple[int, int]:
    """Return the largest picture's width and height, as it is shown."""
    if b"iprp" not in parts:
        raise broken()
    content, box = parts[b"iprp"]
    sizes, turned = [(0, 0)], False
    for outer in _inside(content, box.offset + box.head, box.offset + box.size):
        if outer.kind != b"ipco":
            continue
        for one in _inside(content, outer.offset + outer.head, outer.offset + outer.size):
            at = one.offset + one.head
            if one.kind == b"ispe":
                sizes.append(struct.unpack_from(">II", content, at + 4))
            turned = turned or (one.kind == b"irot" and content[at] % 2 == 1)
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return (height, width) if turned else (width, height)


def _pieces(source: Source, boxes: list[Box], blank: list[Extent]) -> Iterator[Piece]:
    """Yield the file with zeros at these places; a box that nobody needs becomes free space."""
    marks = {box.offset + 4: FREE for box in boxes if box.kind not in KEPT}
    changes: list[tuple[int, Piece, int]] = [(place, name, 4) for place, name in marks.items()]
    changes += [(one.offset, Blank(one.size), one.size) for one in blank]
    at = 0
    for offset, piece, size in sorted(changes, key=lambda change: change[0]):
        start = max(offset, at)
        if offset + size > source.size:
            raise broken()
        if start > at:
            yield Extent(at, start - at)
        if isinstance(piece, Blank):
            yield Blank(max(0, offset + size - start))
        else:
            yield piece
        at = max(at, offset + size)
    yield Extent(at, source.size - at)
