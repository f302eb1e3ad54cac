"""Draws the small pictures of one picture, in a process of its own: `python -m workers.pictures.draw`.

The picture comes on standard input, and what is drawn goes to standard output: how long the thumbnail is in four
bytes, the thumbnail (WebP), the preview (JPEG). Exit 3 says that it can't be drawn.

Whatever a broken or wicked picture does to the decoders ends this process and no other: its memory and its time are
bounded by the kernel.
"""

import io
import resource
import sys
import warnings

from pi_heif import register_heif_opener
from PIL import Image, ImageOps

from complaints.file_formats.recognition import PIXELS_MAXIMUM

UNDRAWABLE = 3
MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 30
THUMBNAIL_SIDE, PREVIEW_SIDE = 320, 1600
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
PAPER = "white"
FLATTEST = 18
"""How many times as long as wide a preview may be: Telegram refuses what is flatter than 20 to 1."""


def main() -> int:
    """Draw; return the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAXIMUM
    register_heif_opener(thumbnails=False)
    try:
        thumbnail, preview = draw(sys.stdin.buffer.read())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return UNDRAWABLE
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, ZeroDivisionError):  # what Pillow raises
        return UNDRAWABLE
    sys.stdout.buffer.write(len(thumbnail).to_bytes(4) + thumbnail + preview)
    return 0


def draw(picture: bytes) -> tuple[bytes, bytes]:
    """Return the picture's thumbnail and its preview; raises what Pillow raises."""
    with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
        opened.draft("RGB", (2 * PREVIEW_SIDE, 2 * PREVIEW_SIDE))  # a JPEG is decoded no larger than that
        upright = ImageOps.exif_transpose(opened)
        preview = _on_paper(upright, PREVIEW_SIDE)
    thumbnail = preview.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _encoded(thumbnail, "WEBP", quality=75), _encoded(_less_flat(preview), "JPEG", quality=82)


def _on_paper(image: Image.Image, side: int) -> Image.Image:
    """Return the picture no larger than that, and opaque."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, PAPER)
        return Image.alpha_composite(paper, layered).convert("RGB")
    return image.convert("RGB")


def _less_flat(image: Image.Image) -> Image.Image:
    least = max(1, -(-max(image.size) // FLATTEST))
    if min(image.size) >= least:
        return image
    paper = Image.new("RGB", (max(image.width, least), max(image.height, least)), PAPER)
    paper.paste(image)
    return paper


def _encoded(image: Image.Image, kind: str, *, quality: int) -> bytes:
    """Return the picture without anything that is said of it."""
    file = io.BytesIO()
    image.save(file, kind, quality=quality, exif=b"", icc_profile=None)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
