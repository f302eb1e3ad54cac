"""From a file that came to one that lies in the store: looked at, stripped, put there, and not yet anybody's.

The order makes that nothing is ever half there: a row says what is about to be put into the store; the files are
put; the transaction that adds their rows takes that row away (`claim_stored`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from complaints.attachments.object_store import AttachmentStore, Part
from complaints.attachments.strays import announce
from complaints.db import Database
from complaints.errors import FileRefused
from complaints.file_formats.file_names import kept_name
from complaints.file_formats.kept_pieces import KeptFile, Source, kept_chunks
from complaints.file_formats.recognition import recognise
from complaints.ids import new_id


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came: its bytes, how many there are, and what it is said to be called."""

    file: IO[bytes]
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, of which a row may be made."""

    id: UUID
    filename: str
    content_type: str
    bytes: int
    sha256: str
    width: int | None
    height: int | None


def store_files(db: Database, store: AttachmentStore, files: Sequence[IncomingFile]) -> list[StoredFile]:
    """Put the files into the store and return them; all are looked at before the first is put there.

    Raises `FileRefused`, whose pointer says which of them, and `StoreUnavailable`. What was put there by then is
    swept.
    """
    known = [_look_at(number, one) for number, one in enumerate(files)]
    identifiers = [new_id() for _ in known]
    with db.write() as session:
        announce(session, identifiers, now=db.now())
    both = zip(identifiers, files, known, strict=True)
    return [_store(store, identifier, one, *found) for identifier, one, found in both]


def _look_at(number: int, one: IncomingFile) -> tuple[Source, KeptFile]:
    source = Source(one.file, one.size)
    try:
        return source, recognise(source)
    except FileRefused as refusal:
        raise FileRefused(refusal.detail, f"/file/{number}") from None


def _store(
    store: AttachmentStore, identifier: UUID, one: IncomingFile, source: Source, kept: KeptFile
) -> StoredFile:
    tally = Tally(kept_chunks(source, kept))
    most = one.size + sum(len(piece) for piece in kept.pieces if isinstance(piece, bytes))
    store.put(identifier, Part.ORIGINAL, tally, most)
    return StoredFile(
        identifier,
        kept_name(one.name, kept.content_type),
        kept.content_type,
        tally.bytes,
        tally.sha256,
        kept.width,
        kept.height,
    )


class Tally:
    """Chunks on their way, counted and hashed as they pass."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.bytes += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The hash of what has passed, in hexadecimal digits."""
        return self._hash.hexdigest()
