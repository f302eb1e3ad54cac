"""What fields take: the one place that knows which texts are acceptable.

Texts come in the form in which they are kept (`complaints.texts`), trimmed; NUL is refused (PostgreSQL can't store
it) and so are lone surrogates (they are not Unicode).
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from unicodedata import normalize

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.fields import FieldInfo

from complaints.clock import as_utc
from complaints.texts.kept_form import as_line, as_prose
from complaints.texts.visibility import can_be_seen

EXTRA_MAXIMUM_BYTES = 8 * 1024
EXTRA_MAXIMUM_DEPTH = 32


def refuse_nul(text: str) -> str:
    """Return the text; raises ValueError where it has a NUL character."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def refuse_blank(text: str) -> str:
    """Return the text; raises ValueError where nobody could see anything of it."""
    if not can_be_seen(text):
        raise ValueError("must not be blank")
    return text


def in_form(form: Callable[[str], str]) -> BeforeValidator:
    """Return what puts a text into the form before its length is looked at; NUL is refused as it came."""
    return BeforeValidator(lambda value: form(refuse_nul(value)) if isinstance(value, str) else value)


def check_extra(extra: dict[str, Any]) -> dict[str, Any]:
    """Return the object in NFC; raises ValueError where it is too large or has texts that can't be stored."""
    if _depth(extra) > EXTRA_MAXIMUM_DEPTH:
        raise ValueError(f"must not be nested deeper than {EXTRA_MAXIMUM_DEPTH} levels")
    kept: dict[str, Any] = _in_nfc(extra)
    try:
        encoded = json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates") from None
    if len(encoded) > EXTRA_MAXIMUM_BYTES:
        raise ValueError(f"must not be longer than {EXTRA_MAXIMUM_BYTES} bytes as JSON")
    for text in _texts(kept):
        refuse_nul(text)
    return kept


def _in_nfc(value: Any) -> Any:
    if isinstance(value, dict):
        return {normalize("NFC", name): _in_nfc(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_in_nfc(child) for child in value]
    return normalize("NFC", value) if isinstance(value, str) else value


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
    StringConstraints(min_length=1, max_length=200),
    in_form(as_line),
    AfterValidator(refuse_blank),
]
Prose = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000),
    in_form(as_prose),
    AfterValidator(refuse_blank),
]
Extra = Annotated[dict[str, Any], AfterValidator(check_extra)]


def _not_said() -> None:
    return None


def absent() -> Any:
    """Return the default of a field of a patch: None, which says nothing. Read only `model_fields_set`."""
    return Field(default_factory=_not_said)


class Form(BaseModel):
    """A frozen request that refuses what it doesn't know.

    An optional value that is empty, as fields of a page send it, is absent. In a patch, where what is absent stays,
    it takes away what may be nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        fields = cls.model_fields
        empty = {name for name, value in values.items() if name in fields and _is_empty(value, fields[name])}
        patched = {name for name in empty if fields[name].default_factory is _not_said}
        kept = {name: value for name, value in values.items() if name not in empty or name in patched}
        return kept | {name: None for name in patched if type(None) in get_args(fields[name].annotation)}


def _is_empty(value: Any, field: FieldInfo) -> bool:
    """Say whether it is a text without anything for a field that may be absent, and takes one value, not many."""
    is_text = isinstance(value, str) and not value.strip()
    return is_text and not field.is_required() and not _takes_many(field.annotation)


def _takes_many(kind: Any) -> bool:
    origin = get_origin(kind)
    if origin in (Union, UnionType, Annotated):
        return any(map(_takes_many, get_args(kind)))
    return origin in (tuple, list, dict)
