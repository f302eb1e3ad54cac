"""What is refused before the application sees it, and how the answer looks on the wire.

ParseException           gunicorn's: it can't read the request
├── BodyTooLarge         more than a body may have
├── BodyCompressed       a transfer coding beside chunked
├── ChunksBroken         not what RFC 9112, section 7.1, has
├── NoRoom               the disk takes no more of it
├── RequestCutShort      the client said that nothing more would come
└── RequestTooSlow       it was not whole in time
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import http_date

from web.http.problem_responses import problem_document
from web.http.response_headers import cautious_headers


class RequestUnreadable(ParseException):  # type: ignore[misc]
    """The request can't be read to its end."""


class BodyTooLarge(RequestUnreadable):
    """More bytes than a body may have."""


class BodyCompressed(RequestUnreadable):
    """A transfer coding that compresses."""


class ChunksBroken(RequestUnreadable):
    """A chunked body that is none."""


class NoRoom(RequestUnreadable):
    """There is no room to keep the body until it is whole."""


class RequestCutShort(RequestUnreadable):
    """The client ended what it sends in the midst of a request."""


class RequestTooSlow(RequestUnreadable):
    """The request was not wholly there in time."""


@dataclass(frozen=True, slots=True)
class RequestRefusal:
    """One refusal: what it is called, and what is said of it; never a word of what the client sent."""

    status: HTTPStatus
    code: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()

    CLOSES: ClassVar = (("Connection", "close"), ("Cache-Control", "no-store"))

    def on_the_wire(self, request_id: str, *, https: bool) -> bytes:
        """Return the whole answer. The connection closes after it, for nobody knows where a next request begins."""
        body = json.dumps(
            problem_document(self.status, self.code, self.detail, request_id=request_id)
        ).encode()
        headers = (
            ("Date", http_date()),
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("X-Request-ID", request_id),
            *self.CLOSES,
            *cautious_headers(https=https).items(),
            *self.headers,
        )
        lines = [f"HTTP/1.1 {int(self.status)} {self.status.phrase}", *(f"{n}: {v}" for n, v in headers)]
        return "\r\n".join((*lines, "", "")).encode("latin-1") + body


MALFORMED = RequestRefusal(HTTPStatus.BAD_REQUEST, "malformed", "This is not an HTTP/1.1 request.")
INTERNAL = RequestRefusal(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal",
    "Something went wrong on our side. It was logged with this request's id.",
)
REFUSALS: dict[type[Exception], RequestRefusal] = {
    BodyTooLarge: RequestRefusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is larger than what is taken here."
    ),
    BodyCompressed: RequestRefusal(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "Send the body as it is, without compression.",
        (("Accept-Encoding", "identity"),),
    ),
    ChunksBroken: RequestRefusal(HTTPStatus.BAD_REQUEST, "malformed", "The body's chunks are broken."),
    NoRoom: RequestRefusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "store_unavailable",
        "There is no room for files now. Try again.",
        (("Retry-After", "30"),),
    ),
    RequestCutShort: RequestRefusal(
        HTTPStatus.BAD_REQUEST, "malformed", "The request ended before it was whole."
    ),
    RequestTooSlow: RequestRefusal(
        HTTPStatus.REQUEST_TIMEOUT,
        "request_timeout",
        "The request was not wholly there in time. Send it again.",
    ),
    LimitRequestLine: RequestRefusal(
        HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long", "The address is longer than what is taken here."
    ),
    LimitRequestHeaders: RequestRefusal(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        "The headers are more or longer than what is taken here.",
    ),
    UnsupportedTransferCoding: RequestRefusal(
        HTTPStatus.NOT_IMPLEMENTED,
        "transfer_coding_unknown",
        "Of transfer codings only chunked is known here.",
    ),
    ExpectationFailed: RequestRefusal(
        HTTPStatus.EXPECTATION_FAILED,
        "expectation_failed",
        "Of expectations only 100-continue is known here.",
    ),
    InvalidResponseHeader: INTERNAL,
    InvalidResponseHeaderName: INTERNAL,
    ParseException: MALFORMED,
    Exception: INTERNAL,
}


def refusal_of(error: Exception) -> RequestRefusal:
    """Return how the error is answered: as the first of its kinds that the table knows."""
    return next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
