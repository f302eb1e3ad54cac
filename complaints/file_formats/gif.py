"""GIF (89a): a row of blocks. Kept are pictures, and how they follow each other."""

from complaints.file_formats.kept_pieces import Extent, KeptFile, Piece, Source, broken

SIGNATURES = (b"GIF87a", b"GIF89a")
IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
HEAD_BYTES, IMAGE_HEAD_BYTES = 13, 10
BLOCKS_MAXIMUM = 20_000


def keep_gif(source: Source) -> KeptFile:
    """Return what is kept of it; raises `FileRefused` for one that is broken."""
    head = source.read(0, HEAD_BYTES)
    offset = HEAD_BYTES + _table_bytes(head[10])
    pieces: list[Piece] = [Extent(0, offset)]
    images = 0
    for _ in range(BLOCKS_MAXIMUM):
        (kind,) = source.read(offset, 1)
        if kind == TRAILER:
            break
        end = _end_of_block(source, offset, kind)
        images += kind == IMAGE
        if kind == IMAGE or _is_kept(source, offset):
            pieces.append(Extent(offset, end - offset))
        offset = end
    else:
        raise broken()
    if not images:
        raise broken()
    width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return KeptFile("image/gif", (*pieces, bytes((TRAILER,))), width, height)


def _end_of_block(source: Source, offset: int, kind: int) -> int:
    if kind == IMAGE:
        head = source.read(offset, IMAGE_HEAD_BYTES)
        return _end_of_data(source, offset + IMAGE_HEAD_BYTES + _table_bytes(head[9]) + 1)
    if kind == EXTENSION:
        return _end_of_data(source, offset + 2)
    raise broken()


def _end_of_data(source: Source, offset: int) -> int:
    """Go past the sub-blocks, of 255 bytes at most, up to and with the empty one."""
    while True:
        (size,) = source.read(offset, 1)
        offset += 1 + size
        if size == 0:
            return offset


def _is_kept(source: Source, offset: int) -> bool:
    label = source.read(offset, 3)[1]
    return label == CONTROL or (label == APPLICATION and source.read(offset + 3, 11) in LOOPS)


def _table_bytes(flags: int) -> int:
    """Return how long the colour table is that the flags tell of."""
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0
