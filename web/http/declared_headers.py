"""Headers that a view takes and answers, said beside the view: one that is not said there can't be read or written.

The OpenAPI document is made of the same words (`web.documents.openapi`), so it can't lack what the code knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import current_app, request
from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
TAKEN = "headers_taken"
ANSWERED = "headers_answered"


@dataclass(frozen=True, slots=True)
class Header:
    """A header's name, and what the document says of it, with a value that it may have."""

    name: str
    description: str
    example: str = ""

    def as_documented(self) -> dict[str, Any]:
        """Return what the OpenAPI document says of it."""
        return {"description": self.description, "schema": {"type": "string"}, "example": self.example}


LINES = "lines"
"""Under this a view keeps what each line of its body is, and of its answer."""

IF_MATCH = Header("If-Match", "The version that was read.", '"3"')
IF_NONE_MATCH = Header("If-None-Match", "The version that is known already.", '"3"')
IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    "Makes a retry harmless: for a day the same key, path and body create nothing more. 1 to 200 characters.",
    "night-1",
)
BOT_SECRET = Header(
    "X-Telegram-Bot-Api-Secret-Token", "The secret that the webhook was set with.", "a-long-secret"
)
ETAG = Header("ETag", "The version.", '"3"')
LOCATION = Header(
    "Location", "Where the complaint is.", "/api/v1/complaints/01900d8f-1c2e-7b60-8a41-5f0c6a7b9d10"
)
REPLAYED = Header("Idempotency-Replayed", "`true` where it was sent before, and nothing was created.", "true")
RETRY_AFTER = Header("Retry-After", "After how many seconds it is worth trying again.", "5")
RATE_LIMIT = Header(
    "RateLimit",
    "Of each limit that the request counts in, how many tries are left (`r`), and in how many seconds there is one "
    "more (`t`).",
    '"intake-key";r=99;t=60',
)
RATE_LIMIT_POLICY = Header(
    "RateLimit-Policy", "How many tries (`q`) each limit has in `w` seconds.", '"intake-key";q=100;w=60'
)


def takes(header: Header, *, required: bool = False) -> Callable[[View], View]:
    """Let the view read the header, and say so in the document, and whether it may be left out."""

    def say(view: View) -> View:
        vars(view)[TAKEN] = {header: required, **headers_taken(view)}
        return view

    return say


def answers(*headers: Header) -> Callable[[View], View]:
    """Let the view put the headers on its answers, and say so in the document."""

    def say(view: View) -> View:
        vars(view)[ANSWERED] = (*headers, *headers_answered(view))
        return view

    return say


def repeatable(view: View) -> View:
    """Let the view's requests be sent again (`web.idempotency`), and say so in the document, with the refusals."""
    return takes(IDEMPOTENCY_KEY)(answers(REPLAYED)(view))


def headers_taken(view: Callable[..., Any]) -> dict[Header, bool]:
    """Return the headers that the view takes, and whether it must have them."""
    return cast(dict[Header, bool], vars(view).get(TAKEN, {}))


def headers_answered(view: Callable[..., Any]) -> tuple[Header, ...]:
    """Return the headers that the view's answers carry."""
    return cast(tuple[Header, ...], vars(view).get(ANSWERED, ()))


def read_header(header: Header) -> str | None:
    """Return what the request says there; raises `LookupError` where the view doesn't say that it takes it."""
    is_required(header)
    return request.headers.get(header.name)


def is_required(header: Header) -> bool:
    """Say whether the request's view must have the header; raises `LookupError` as above."""
    taken = headers_taken(_view())
    if header not in taken:
        raise LookupError(f"{request.endpoint} reads {header.name}, which it doesn't say that it takes")
    return taken[header]


def as_headers(values: Mapping[Header, str]) -> dict[str, str]:
    """Return the headers by their names, for an answer.

    Raises `LookupError` where the view doesn't say that it answers them.
    """
    missing = [header.name for header in values if header not in headers_answered(_view())]
    if missing:
        raise LookupError(f"{request.endpoint} answers {missing}, which it doesn't say that it does")
    return {header.name: value for header, value in values.items()}


def _view() -> Callable[..., Any]:
    return current_app.view_functions[request.endpoint or ""]


def reads_lines(taken: type[BaseModel], answered: type[BaseModel]) -> Callable[[View], View]:
    """Say that the body is lines of JSON (NDJSON), each one of these, and so is the answer."""

    def say(view: View) -> View:
        vars(view)[LINES] = (taken, answered)
        return view

    return say


def lines_of(view: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel]] | None:
    """Return what each line of the view's body is, and of its answer, if it reads lines."""
    return cast(tuple[type[BaseModel], type[BaseModel]] | None, vars(view).get(LINES))
