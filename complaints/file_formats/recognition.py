"""What a file is, decided by its content alone; what it is called or said to be counts for nothing."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from complaints.errors import FileRefused
from complaints.file_formats import gif, heic, jpeg, png, webp
from complaints.file_formats.kept_pieces import KeptFile, Source, broken

START_BYTES = 64
END_BYTES = 2048
PIXELS_MAXIMUM = 64_000_000
SIDE_MAXIMUM = 30_000
PDF_START, PDF_END = b"%PDF-", b"%%EOF"
NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format: how it begins, what is kept of it, which endings names have; whether browsers show it."""

    begins: Callable[[bytes], bool]
    keep: Callable[[Source], KeptFile]
    endings: tuple[str, ...]
    is_picture: bool = True
    is_shown: bool = True


def _keep_pdf(source: Source) -> KeptFile:
    end = min(END_BYTES, source.size)
    if PDF_END not in source.read(source.size - end, end):
        raise broken()
    return KeptFile("application/pdf", (source.whole(),))


def _keep_text(source: Source) -> KeptFile:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in source.chunks(source.whole()):
            decoder.decode(chunk)
            if NOT_IN_TEXT.search(chunk):
                raise _unknown()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _unknown() from None
    return KeptFile("text/plain", (source.whole(),))


FORMATS: dict[str, FileFormat] = {
    "image/jpeg": FileFormat(
        lambda start: start.startswith(b"\xff\xd8\xff"), jpeg.keep_jpeg, (".jpg", ".jpeg", ".jpe", ".jfif")
    ),
    "image/png": FileFormat(lambda start: start.startswith(png.SIGNATURE), png.keep_png, (".png",)),
    "image/webp": FileFormat(
        lambda start: start[:4] == b"RIFF" and start[8:12] == b"WEBP", webp.keep_webp, (".webp",)
    ),
    "image/gif": FileFormat(lambda start: start[:6] in gif.SIGNATURES, gif.keep_gif, (".gif",)),
    "image/heic": FileFormat(heic.is_heic, heic.keep_heic, (".heic", ".heif"), is_shown=False),
    "application/pdf": FileFormat(
        lambda start: start.startswith(PDF_START), _keep_pdf, (".pdf",), is_picture=False, is_shown=False
    ),
    "text/plain": FileFormat(
        lambda _: True, _keep_text, (".txt", ".text", ".csv", ".log", ".md"), is_picture=False, is_shown=False
    ),
}
"""In the order in which they are asked; whatever is nothing else may be text."""

PICTURES = tuple(name for name, one in FORMATS.items() if one.is_picture)


def recognise(source: Source) -> KeptFile:
    """Return what the file is and what is kept of it.

    Raises `FileRefused` for one that is empty, broken, of no kind that is taken, or a picture too large to draw.
    """
    if source.size == 0:
        raise FileRefused("The file is empty.")
    start = source.read(0, min(START_BYTES, source.size))
    kept = next(one for one in FORMATS.values() if one.begins(start)).keep(source)
    if kept.width is not None and kept.height is not None:
        _check_size(kept.width, kept.height)
    return kept


def _check_size(width: int, height: int) -> None:
    if not (width and height):
        raise broken()
    if width * height > PIXELS_MAXIMUM or max(width, height) > SIDE_MAXIMUM:
        raise FileRefused(f"The picture has more than {PIXELS_MAXIMUM // 1_000_000} million pixels.")


def _unknown() -> FileRefused:
    return FileRefused("Only JPEG, PNG, WebP, GIF, HEIC, PDF and plain text in UTF-8 are taken here.")
