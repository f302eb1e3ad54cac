"""A multipart body (RFC 7578): parts that are files go to files, each bounded while it is read.

Werkzeug's parser does the parsing, piece by piece. A body that never was larger than 256 KiB lies in memory; a part
does where it is as small.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from flask import Request
from werkzeug.datastructures import FileStorage

from complaints.attachments.filing import IncomingFile
from complaints.errors import FileTooLarge, Invalid
from web.uploads.body_limits import FILES_MAXIMUM, MAXIMUM_BODY_BYTES, MULTIPART

FILE, COMPLAINT = "file", "complaint"
PARTS_MAXIMUM = FILES_MAXIMUM + 2


class PartFile(SpooledTemporaryFile[bytes]):
    """Where a part is written to: it is hashed as it comes, and refused where it becomes too large."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(max_size=MAXIMUM_BODY_BYTES)
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: Any) -> int:
        """Take in some more; raises `FileTooLarge`."""
        self.size += len(data)
        if self.size > self._limit_bytes:
            raise FileTooLarge(f"A file has at most {self._limit_bytes} bytes here.")
        self._hash.update(data)
        return super().write(data)

    @property
    def sha256(self) -> str:
        """The hash of what came, in hexadecimal digits."""
        return self._hash.hexdigest()


class MultipartRequest(Request):
    """A request whose parts are read within limits; `file_bytes` is how large one file may be."""

    file_bytes = 0
    max_form_memory_size = MAXIMUM_BODY_BYTES
    max_form_parts = PARTS_MAXIMUM

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: list[PartFile] = []

    def close(self) -> None:
        """Close what was read of parts, also of those at which reading ended."""
        super().close()
        for part in self._begun:
            part.close()

    @property
    def is_multipart(self) -> bool:
        """Whether the body has parts."""
        return self.mimetype == MULTIPART

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> Any:
        """Open a file for the part that begins; Werkzeug asks for it."""
        if len(self._begun) == FILES_MAXIMUM:
            raise Invalid(f"At most {FILES_MAXIMUM} files come with one request.", "/file")
        self._begun.append(PartFile(self.file_bytes))
        return self._begun[-1]

    def complaint_part(self) -> str:
        """Return the text of the part `complaint`; raises `Invalid` for parts that nobody knows."""
        self._check_names({COMPLAINT}, {FILE})
        texts = self.form.getlist(COMPLAINT)
        if len(texts) != 1:
            raise Invalid("Send one part `complaint` with the JSON.", "/complaint")
        return texts[0]

    def _check_names(self, texts: set[str], files: set[str]) -> None:
        for name in [*(self.form.keys() - texts), *(self.files.keys() - files)]:
            raise Invalid("There is no such part, or it is a file where none is meant.", f"/{name[:100]}")

    def file_parts(self) -> list[FileStorage]:
        """Return the files; raises `Invalid` where the body has other parts, or none of them."""
        self._check_names(set(), {FILE})
        if not self.files.getlist(FILE):
            raise Invalid("Send at least one part `file`, with a file name.", "/file")
        return self.files.getlist(FILE)


@dataclass(frozen=True, slots=True)
class Uploads:
    """The files of a request, and by what they are known again: the hash of each as it came, with its name."""

    files: Sequence[IncomingFile]
    marks: Sequence[dict[str, str]]


def uploads_beside(request: Request) -> Uploads:
    """Return the files that came beside the JSON; none for a request that has no parts."""
    found = request.files.getlist(FILE) if cast(MultipartRequest, request).is_multipart else []
    return _uploads(found)


def uploads_alone(request: Request) -> Uploads:
    """Return the files that came; raises `Invalid` where there is none, or something else."""
    return _uploads(cast(MultipartRequest, request).file_parts())


def _uploads(found: Sequence[FileStorage]) -> Uploads:
    return Uploads([_incoming(one) for one in found], [_mark(one) for one in found])


def _incoming(found: FileStorage) -> IncomingFile:
    part = cast(PartFile, found.stream)
    return IncomingFile(cast(Any, part), part.size, found.filename or "")


def _mark(found: FileStorage) -> dict[str, str]:
    return {"filename": found.filename or "", "sha256": cast(PartFile, found.stream).sha256}
