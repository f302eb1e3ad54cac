"""Pages of rows in the order of their ids, which is the order in which they were made (UUIDv7)."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from complaints.queries.cursors import read_cursor, write_cursor

T = TypeVar("T")


def page_by_id(
    session: Session, rows: Select[T], key: Any, *, cursor: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    """Return at most `limit` of the rows in order of the column `key`, and the cursor after them.

    Raises `CursorInvalid`.
    """
    if cursor is not None:
        rows = rows.where(key > read_cursor(cursor, "id", (UUID,))[0])
    found = session.scalars(rows.order_by(key).limit(limit + 1)).all()
    page = found[:limit]
    last: Any = page[-1] if len(found) > limit else None
    return page, None if last is None else write_cursor("id", [getattr(last, key.key)])
