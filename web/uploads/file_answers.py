"""A file as an answer: as it is, in part (RFC 9110, section 14), or not at all where it is known already.

What somebody uploaded is never run: its type is ours, nothing may be sniffed, and a document gets a sandbox.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Request, Response
from werkzeug.datastructures import ContentRange

from complaints.file_formats.recognition import FORMATS

Read = Callable[[int, int], Iterator[bytes]]
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
KEPT_BY_THE_BROWSER = "private, no-cache"
"""It asks each time whether it may still show it."""
SPELT = {"text/plain": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class FileOnWire:
    """What is answered: `tag` names these bytes for good; `read` gives those from a place up to another."""

    filename: str
    content_type: str
    bytes: int
    tag: str
    read: Read


def file_answer(request: Request, found: FileOnWire) -> Response:
    """Return the file, or the part of it that is asked for: 200, 206, 304, or 416. HEAD reads nothing."""
    response = Response(content_type=SPELT.get(found.content_type, found.content_type))
    response.set_etag(found.tag)
    response.headers.update(_headers(found))
    if request.if_none_match.contains_weak(found.tag):
        response.status_code = 304
        return response
    start, end = 0, found.bytes
    if request.range is not None and _is_same(request, found.tag):
        part = request.range.range_for_length(found.bytes)
        if part is None:
            response.status_code = 416
            response.headers["Content-Range"] = f"bytes */{found.bytes}"
            return response
        (start, end), response.status_code = part, 206
        response.content_range = ContentRange("bytes", start, end, found.bytes)
    if request.method != "HEAD":
        response.response = found.read(start, end)
    response.content_length = end - start
    return response


def _is_same(request: Request, tag: str) -> bool:
    """Say whether a part may be answered: the rest that the client has is of these bytes (`If-Range`)."""
    known = request.if_range
    return (known.etag is None and known.date is None) or known.etag == tag


def _headers(found: FileOnWire) -> dict[str, str]:
    shown = found.content_type in FORMATS and FORMATS[found.content_type].is_shown
    disposition = Response()
    disposition.headers.set(
        "Content-Disposition", "inline" if shown else "attachment", filename=found.filename
    )
    return {
        "Content-Disposition": disposition.headers["Content-Disposition"],
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
        "Cache-Control": KEPT_BY_THE_BROWSER,
    }
