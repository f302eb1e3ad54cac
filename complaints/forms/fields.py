"""What fields take: the one place that knows which texts are acceptable.

Texts are trimmed; NUL is refused (PostgreSQL can't store it) and so are lone surrogates (they are not Unicode).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from complaints.clock import as_utc

INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")  # Unicode's categories of controls, formats and spaces
EXTRA_MAXIMUM_BYTES = 8 * 1024
EXTRA_MAXIMUM_DEPTH = 32


def refuse_nul(text: str) -> str:
    """Return the text; raises ValueError where it has a NUL character."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def refuse_blank(text: str) -> str:
    """Return the text; raises ValueError where nobody could see anything of it."""
    if all(category(character) in INVISIBLE for character in text):
        raise ValueError("must not be blank")
    return text


def check_extra(extra: dict[str, Any]) -> dict[str, Any]:
    """Return the object; raises ValueError where it is too large or has texts that can't be stored."""
    if _depth(extra) > EXTRA_MAXIMUM_DEPTH:
        raise ValueError(f"must not be nested deeper than {EXTRA_MAXIMUM_DEPTH} levels")
    try:
        encoded = json.dumps(extra, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates") from None
    if len(encoded) > EXTRA_MAXIMUM_BYTES:
        raise ValueError(f"must not be longer than {EXTRA_MAXIMUM_BYTES} bytes as JSON")
    for text in _texts(extra):
        refuse_nul(text)
    return extra


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [child for parent in level for child in _children(parent)]
    return depth


def _texts(value: Any) -> Iterator[str]:
    for child in _children(value):
        yield from _texts(child)
    if isinstance(value, dict):
        yield from value
    elif isinstance(value, str):
        yield value


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def parse_instant(value: Any) -> datetime:
    """Return the instant that RFC 3339 text names, in UTC; raises ValueError for anything else."""
    try:
        return as_utc(datetime.fromisoformat(value.upper()))
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise ValueError("wants an RFC 3339 instant, for example 2026-01-31T12:00:00Z") from None


Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(refuse_nul),
    AfterValidator(refuse_blank),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(refuse_nul),
    AfterValidator(refuse_blank),
]
Extra = Annotated[dict[str, Any], AfterValidator(check_extra)]


def absent() -> Any:
    """Return the default of a field of a patch: None, which says nothing. Read only `model_fields_set`."""
    return Field(default_factory=lambda: None)


class Form(BaseModel):
    """A frozen request that refuses what it doesn't know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
