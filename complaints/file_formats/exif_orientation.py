"""Of all that Exif says of a picture, which way up it is: the one thing that is kept (CIPA DC-008, tag 0x0112)."""

import struct

TAG = 0x0112
UPRIGHT = 1
LARGEST = 8
LIES_ON_ITS_SIDE = 5
"""From here on width and height change places."""
ENTRIES_MAXIMUM = 200
ENTRY_BYTES = 12
ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}


def read_orientation(tiff: bytes) -> int:
    """Return what the TIFF block says; upright where it says nothing that makes sense."""
    order = ORDERS.get(tiff[:4])
    try:
        if order is None:
            return UPRIGHT
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, ENTRIES_MAXIMUM)):
            tag, _kind, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, start + 2 + number * ENTRY_BYTES
            )
            if tag == TAG:
                return value if UPRIGHT <= value <= LARGEST else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def write_orientation(orientation: int) -> bytes:
    """Return a TIFF block that says this and nothing else."""
    return struct.pack("<4sIHHHIHHI", b"II*\x00", 8, 1, TAG, 3, 1, orientation, 0, 0)


def as_shown(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Return width and height of the picture once it is turned upright."""
    return (height, width) if orientation >= LIES_ON_ITS_SIDE else (width, height)
