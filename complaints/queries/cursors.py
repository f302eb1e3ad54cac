"""Opaque cursors: the sort and the key of the last row given out, as base64 of JSON."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from complaints.errors import CursorInvalid

MAXIMUM_LENGTH = 400


def write_cursor(sort: str, key: list[Any]) -> str:
    """Return the cursor after the row whose sort key is `key` (instants, texts, numbers or UUIDs)."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    text = json.dumps([sort, *(str(v) if isinstance(v, UUID) else v for v in values)], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str, kinds: tuple[type, ...]) -> list[Any]:
    """Return the key written in a cursor of this sort; raises `CursorInvalid` for anything else."""
    try:
        if len(cursor) > MAXIMUM_LENGTH:
            raise ValueError("too long")
        found, *key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if found != sort:
            raise ValueError("another sort")
        return [_parse(value, kind) for value, kind in zip(key, kinds, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise CursorInvalid("This cursor was not given out by this list with this sort.", "/cursor") from None


def _parse(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment
    if kind is UUID:
        return UUID(value)
    if type(value) is not kind:
        raise ValueError("another type")
    return value
