"""The object store, where the bytes of attachments lie: a folder that all processes share, or a bucket (`obstore`).

| name in the store                  | what lies there                                        |
| ---------------------------------- | ------------------------------------------------------ |
| `{end of the id}/{id}.original`    | the file as it is kept                                 |
| `{end of the id}/{id}.thumbnail`   | of a picture: a small WebP                             |
| `{end of the id}/{id}.preview`     | of a picture: a JPEG that fits a screen, and Telegram  |
| `probe`                            | what readiness writes                                  |

Streamed both ways, some bytes at a time. Who has no room here or gets no answer raises `StoreUnavailable`.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import from_url

from complaints.errors import StoreUnavailable

log = structlog.get_logger()

FOLDER_PART_BYTES = 256 * 1024
BUCKET_PART_BYTES = 5 * 1024 * 1024  # S3 wants no smaller parts but the last
READ_BYTES = 512 * 1024
WRITERS_MAXIMUM = 2  # each holds a part in memory
PLACES = 8  # how many threads may wait for the store at once: those of intake are never all there
PLACE_SECONDS = 1.0
TURN_SECONDS = 20.0
RETRY_AFTER_SECONDS = 5
CLIENT: Any = {"connect_timeout": "3s", "timeout": "20s"}
RETRIES: Any = {"max_retries": 2, "retry_timeout": "10s"}
PROBE = "probe"
AWAY = (BaseError, OSError)


class Part(StrEnum):
    """What of an attachment lies in the store."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"
    PREVIEW = "preview"


class AttachmentStore:
    """The store at an address. Safe to share among threads; nothing connects before it is used."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self._url = url
        self._store: Any = None
        self._part_bytes = BUCKET_PART_BYTES if self._folder is None else FOLDER_PART_BYTES
        self._places = BoundedSemaphore(PLACES)
        self._writers = BoundedSemaphore(WRITERS_MAXIMUM)

    def put(self, identifier: UUID, part: Part, chunks: Iterable[bytes], size: int) -> None:
        """Keep what the chunks bring, of which there are `size` bytes at most, whole or not at all."""
        with self._place(), self._writer():
            self._put(_name(identifier, part), chunks, size)

    def read(self, identifier: UUID, part: Part, start: int, end: int) -> Iterator[bytes]:
        """Return the bytes from `start` up to `end`; the first of them are there when this returns."""
        name = _name(identifier, part)
        first = self._read(name, start, min(end, start + READ_BYTES))
        return self._read_on(name, first, start, end)

    def read_whole(self, identifier: UUID, part: Part) -> bytes:
        """Return all of it: only of small pictures, which we have made ourselves."""
        with self._place():
            return bytes(obstore.get(self._open(), _name(identifier, part)).bytes())

    def delete(self, identifier: UUID) -> None:
        """Delete all that lies there under this id, be it nothing, and what a broken-off try has left."""
        with self._place():
            for part in Part:
                name = _name(identifier, part)
                with suppress(FileNotFoundError):
                    obstore.delete(self._open(), name)
                if self._folder is not None:
                    for begun in (self._folder / name).parent.glob(f"{identifier}.{part}#*"):
                        begun.unlink(missing_ok=True)

    def probe(self) -> None:
        """Write something where attachments would be written."""
        with self._place():
            self._put(PROBE, [b"readiness"], 9)

    def _put(self, name: str, chunks: Iterable[bytes], size: int) -> None:
        obstore.put(
            self._open(),
            name,
            iter(chunks),
            use_multipart=size > self._part_bytes,
            chunk_size=self._part_bytes,
            max_concurrency=1,
        )
        if self._folder is not None:
            _settle(self._folder / name)

    def _read(self, name: str, start: int, end: int) -> bytes:
        with self._place():
            return bytes(obstore.get_range(self._open(), name, start=start, end=end))

    def _read_on(self, name: str, first: bytes, start: int, end: int) -> Iterator[bytes]:
        yield first
        for at in range(start + READ_BYTES, end, READ_BYTES):
            yield self._read(name, at, min(end, at + READ_BYTES))

    def _open(self) -> Any:
        if self._store is None:
            more: Any = (
                {"mkdir": True} if self._folder else {"client_options": CLIENT, "retry_config": RETRIES}
            )
            self._store = from_url(self._url, **more)
        return self._store

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=PLACE_SECONDS):
            raise _unavailable()
        try:
            yield
        except AWAY as error:
            log.warning("store_away", error=type(error).__name__, detail=str(error).partition("\n")[0][:300])
            raise _unavailable() from error
        finally:
            self._places.release()

    @contextmanager
    def _writer(self) -> Iterator[None]:
        if not self._writers.acquire(timeout=TURN_SECONDS):
            raise _unavailable()
        try:
            yield
        finally:
            self._writers.release()


def open_store(url: str | None) -> AttachmentStore | None:
    """Return the store at the address; None where none is set, and no files are taken."""
    return None if url is None else AttachmentStore(url)


def _name(identifier: UUID, part: Part) -> str:
    return f"{identifier.hex[-2:]}/{identifier}.{part}"


def _settle(path: Path) -> None:
    """Let the file, and that it is there, be on the disk before anybody is told so."""
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        opened = os.open(place, flags)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("Files can't be kept or read now. Try again.", RETRY_AFTER_SECONDS)
