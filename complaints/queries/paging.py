"""Pages of a list by the key of its rows, so that rows that arrive meanwhile shift nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from complaints.queries.cursors import read_cursor, write_cursor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """Rows of a list and the cursor after them, None on the last page."""

    rows: Sequence[T]
    next_cursor: str | None


class KeyPart(NamedTuple):
    """One column of a sort key, the type of its values, and how to read a row's where it is no attribute."""

    column: Any
    kind: type
    read: Callable[[Any], Any] | None = None


class ListOrder(NamedTuple):
    """How a list is sorted: the sort's name in cursors, downwards from `-`, and a key that no two rows share."""

    sort: str
    key: tuple[KeyPart, ...]


def by_id(column: Any) -> ListOrder:
    """Return the order of the ids, which is the order in which the rows were made (UUIDv7)."""
    return ListOrder("id", (KeyPart(column, UUID),))


def read_page(
    session: Session, rows: Select[T], order: ListOrder, *, cursor: str | None, limit: int
) -> ListPage[T]:
    """Return at most `limit` of the rows in this order, from after the cursor on; raises `CursorInvalid`."""
    columns = [part.column for part in order.key]
    falls = order.sort.startswith("-")
    if cursor is not None:
        last = tuple_(*read_cursor(cursor, order.sort, tuple(part.kind for part in order.key)))
        rows = rows.where(tuple_(*columns) < last if falls else tuple_(*columns) > last)
    rows = rows.order_by(*(column.desc() if falls else column for column in columns))
    found = session.scalars(rows.limit(limit + 1)).all()
    page = found[:limit]
    more = len(found) > limit
    return ListPage(page, write_cursor(order.sort, _key_of(page[-1], order)) if more else None)


def _key_of(row: Any, order: ListOrder) -> list[Any]:
    return [part.read(row) if part.read else getattr(row, part.column.key) for part in order.key]
