"""JPEG (ITU-T T.81): a row of segments. Kept are those that the picture is made of, its colours' meaning, and which
way up it is; what follows its end (a phone's second picture, with a place of its own) is not.
"""

import re
from collections.abc import Iterator

from complaints.file_formats.exif_orientation import UPRIGHT, as_shown, read_orientation, write_orientation
from complaints.file_formats.kept_pieces import CHUNK_BYTES, Extent, KeptFile, Piece, Source, broken

START, END = b"\xff\xd8", b"\xff\xd9"
START_OF_SCAN, END_OF_IMAGE, COMMENT = 0xDA, 0xD9, 0xFE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
APPLICATION = range(0xE0, 0xF0)
EXIF = 0xE1, b"Exif\x00\x00"
KEPT_APPLICATION = ((0xE0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe"))
NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
SEGMENTS_MAXIMUM = 5000


def keep_jpeg(source: Source) -> KeptFile:
    """Return what is kept of it; raises `FileRefused` for one that is broken."""
    pieces: list[Piece] = []
    size, orientation = None, UPRIGHT
    for marker, segment in _segments(source):
        head = source.read(segment.offset + 4, min(16, segment.size - 4)) if segment.size > 4 else b""
        if marker in FRAMES and len(head) >= 5:
            size = int.from_bytes(head[3:5]), int.from_bytes(head[1:3])
        if marker == EXIF[0] and head.startswith(EXIF[1]):
            orientation = read_orientation(source.read(segment.offset + 10, segment.size - 10))
        elif _is_kept(marker, head):
            pieces.append(segment)
        if marker == START_OF_SCAN:
            pieces.append(_scan_after(source, segment))
    if size is None:
        raise broken()
    return KeptFile(
        "image/jpeg", (START, *_exif(orientation), *pieces, END), *as_shown(*size, orientation=orientation)
    )


def _segments(source: Source) -> Iterator[tuple[int, Extent]]:
    """Yield each marker with its segment, up to the end of the image."""
    offset = len(START)
    for _ in range(SEGMENTS_MAXIMUM):
        while (head := source.read(offset, 2)) == b"\xff\xff":
            offset += 1
        if head[0] != 0xFF:
            raise broken()
        if head[1] == END_OF_IMAGE:
            return
        segment = Extent(offset, 2 + int.from_bytes(source.read(offset + 2, 2)))
        if segment.size < 4:
            raise broken()
        yield head[1], segment
        offset = segment.offset + segment.size
        if head[1] == START_OF_SCAN:
            offset += _scan_after(source, segment).size
    raise broken()


def _scan_after(source: Source, segment: Extent) -> Extent:
    """Return the coded data that follow the head of a scan, up to the next marker."""
    start = offset = segment.offset + segment.size
    while offset < source.size:
        chunk = source.read(offset, min(CHUNK_BYTES, source.size - offset))
        found = NEXT_MARKER.search(chunk)
        if found:
            return Extent(start, offset + found.start() - start)
        offset += len(chunk) - 1 if chunk.endswith(b"\xff") and len(chunk) > 1 else len(chunk)
    raise broken()


def _is_kept(marker: int, head: bytes) -> bool:
    if marker in APPLICATION:
        return any(marker == known and head.startswith(name) for known, name in KEPT_APPLICATION)
    return marker != COMMENT


def _exif(orientation: int) -> tuple[bytes, ...]:
    if orientation == UPRIGHT:
        return ()
    body = EXIF[1] + write_orientation(orientation)
    return (bytes((0xFF, EXIF[0])) + (len(body) + 2).to_bytes(2) + body,)
