"""PNG (W3C, third edition): a row of chunks. Kept are those that change how the picture looks."""

from zlib import crc32

from complaints.file_formats.exif_orientation import UPRIGHT, as_shown, read_orientation, write_orientation
from complaints.file_formats.kept_pieces import Extent, KeptFile, Piece, Source, broken

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER, END, EXIF = b"IHDR", b"IEND", b"eXIf"
KEPT = frozenset(
    (b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs acTL fcTL fdAT").split()
)
WRAPPING_BYTES = 12
EXIF_MAXIMUM_BYTES = 64 * 1024
CHUNKS_MAXIMUM = 20_000


def keep_png(source: Source) -> KeptFile:
    """Return what is kept of it; raises `FileRefused` for one that is broken."""
    header = source.read(len(SIGNATURE), 8 + 13)
    if header[4:8] != HEADER:
        raise broken()
    width, height = int.from_bytes(header[8:12]), int.from_bytes(header[12:16])
    pieces: list[Piece] = [SIGNATURE]
    offset, orientation = len(SIGNATURE), UPRIGHT
    for _ in range(CHUNKS_MAXIMUM):
        head = source.read(offset, 8)
        kind, chunk = head[4:], Extent(offset, int.from_bytes(head[:4]) + WRAPPING_BYTES)
        source.read(offset + chunk.size - 4, 4)
        if kind in KEPT:
            pieces.append(chunk)
        elif kind == EXIF and chunk.size <= EXIF_MAXIMUM_BYTES:
            orientation = read_orientation(source.read(offset + 8, chunk.size - WRAPPING_BYTES))
        if kind == END:
            break
        offset += chunk.size
    else:
        raise broken()
    if orientation != UPRIGHT:
        pieces.insert(2, _chunk(EXIF, write_orientation(orientation)))
    return KeptFile("image/png", tuple(pieces), *as_shown(width, height, orientation))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + crc32(kind + data).to_bytes(4)
