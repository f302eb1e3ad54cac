"""Opaque cursors: the sort and the key of the last row given out, as base64 of JSON."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from complaints.clock import as_utc
from complaints.errors import CursorInvalid

MAXIMUM_LENGTH = 1200
INTEGER_MAXIMUM = 2**63 - 1


def write_cursor(sort: str, key: list[Any]) -> str:
    """Return the cursor after the row whose sort key is `key` (instants, texts, numbers or UUIDs)."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    parts = [sort, *(str(value) if isinstance(value, UUID) else value for value in values)]
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str, kinds: tuple[type, ...]) -> list[Any]:
    """Return the key written in a cursor of this sort; raises `CursorInvalid` for anything else."""
    try:
        return _read(cursor, sort, kinds)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
        raise CursorInvalid("This cursor was not given out by this list with this sort.", "/cursor") from None


def _read(cursor: str, sort: str, kinds: tuple[type, ...]) -> list[Any]:
    if len(cursor) > MAXIMUM_LENGTH:
        raise ValueError("too long")
    found, *key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if found != sort:
        raise ValueError("another sort")
    return [_parse(value, kind) for value, kind in zip(key, kinds, strict=True)]


def _parse(value: Any, kind: type) -> Any:
    if kind is datetime:
        return as_utc(datetime.fromisoformat(value))
    if kind is UUID:
        return UUID(value)
    if type(value) is not kind:
        raise ValueError("another type")
    if isinstance(value, int) and abs(value) > INTEGER_MAXIMUM:
        raise ValueError("too large")
    if isinstance(value, str) and "\x00" in value.encode().decode():
        raise ValueError("not a text that can be stored")
    return value
