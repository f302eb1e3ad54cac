"""WebP (RFC 9649): chunks in a RIFF container. Kept are those that change how the picture looks."""

from complaints.file_formats.exif_orientation import UPRIGHT, as_shown, read_orientation, write_orientation
from complaints.file_formats.kept_pieces import Extent, KeptFile, Piece, Source, broken

EXTENDED, LOSSY, LOSSLESS, EXIF = b"VP8X", b"VP8 ", b"VP8L", b"EXIF"
KEPT = frozenset((EXTENDED, LOSSY, LOSSLESS, b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
HAS_EXIF, HAS_XMP = 0x08, 0x04
HEADER_BYTES = 12
EXIF_MAXIMUM_BYTES = 64 * 1024
CHUNKS_MAXIMUM = 5000


def keep_webp(source: Source) -> KeptFile:
    """Return what is kept of it; raises `FileRefused` for one that is broken."""
    kept: list[Extent] = []
    offset, orientation, end = HEADER_BYTES, UPRIGHT, 8 + int.from_bytes(source.read(4, 4), "little")
    while offset < end:
        head = source.read(offset, 8)
        size = int.from_bytes(head[4:], "little")
        chunk = Extent(offset, 8 + size + size % 2)
        if head[:4] in KEPT:
            kept.append(chunk)
        elif head[:4] == EXIF and size <= EXIF_MAXIMUM_BYTES:
            orientation = read_orientation(source.read(offset + 8, size).removeprefix(b"Exif\x00\x00"))
        offset += chunk.size
        if len(kept) > CHUNKS_MAXIMUM:
            raise broken()
    if not kept or offset > source.size:
        raise broken()
    first = source.read(kept[0].offset, min(kept[0].size, 18))
    is_extended = first[:4] == EXTENDED
    orientation = orientation if is_extended else UPRIGHT  # nothing but an extended file has Exif
    exif = () if orientation == UPRIGHT else (_exif(orientation),)
    pieces: list[Piece] = [*kept, *exif]
    if is_extended:
        flags = (first[8] & ~(HAS_EXIF | HAS_XMP)) | (HAS_EXIF if exif else 0)
        pieces[0] = first[:8] + bytes((flags,)) + source.read(kept[0].offset + 9, kept[0].size - 9)
    length = sum(one.size if isinstance(one, Extent) else len(one) for one in (*kept, *exif))
    riff = b"RIFF" + (length + 4).to_bytes(4, "little") + b"WEBP"
    return KeptFile("image/webp", (riff, *pieces), *as_shown(*_size(first), orientation=orientation))


def _exif(orientation: int) -> bytes:
    body = write_orientation(orientation)
    return EXIF + len(body).to_bytes(4, "little") + body


def _size(first: bytes) -> tuple[int, int]:
    """Return width and height as the first chunk has them; raises `FileRefused`."""
    data = first[8:]
    if len(data) < 10:
        raise broken()
    if first[:4] == EXTENDED:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if first[:4] == LOSSY and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    if first[:4] == LOSSLESS and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise broken()
