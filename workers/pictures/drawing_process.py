"""Asking the process that draws, and bounding how long it may take."""

import subprocess
import sys
from dataclasses import dataclass

import structlog

from workers.pictures.draw import UNDRAWABLE

log = structlog.get_logger()

SAID_BYTES = 300
TIMEOUT_SECONDS = 60.0
COMMAND = (sys.executable, "-m", "workers.pictures.draw")
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class SmallPictures:
    """A picture's thumbnail (WebP) and its preview (JPEG)."""

    thumbnail: bytes
    preview: bytes


def draw_apart(picture: bytes) -> SmallPictures | None:
    """Return the small pictures; None where the picture can't be drawn, or breaks whoever draws it."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            COMMAND, input=picture, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        if done.returncode != UNDRAWABLE:
            said = done.stderr[-SAID_BYTES:].decode(errors="replace")
            log.warning("drawing_broke", status=done.returncode, said=said)
        return None
    size = int.from_bytes(done.stdout[:LENGTH_BYTES])
    drawn = done.stdout[LENGTH_BYTES:]
    return SmallPictures(drawn[:size], drawn[size:])
