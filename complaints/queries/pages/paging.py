"""Pages of a list by the key of its rows, so that rows that arrive meanwhile shift nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session

from complaints.queries.pages.cursors import read_cursor, write_cursor

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

    @property
    def falls(self) -> bool:
        """Whether the greatest comes first."""
        return self.sort.startswith("-")


def by_id(column: Any) -> ListOrder:
    """Return the order of the ids, which is the order in which the rows were made (UUIDv7)."""
    return ListOrder("id", (KeyPart(column, UUID),))


def read_page(
    session: Session, rows: Select[T], order: ListOrder, *, cursor: str | None, limit: int
) -> ListPage[T]:
    """Return at most `limit` of the rows in this order, from after the cursor on; raises `CursorInvalid`."""
    if cursor is not None:
        rows = rows.where(is_beyond(read_key(cursor, order), order))
    rows = rows.order_by(*sorted_by(order))
    return cut_page(session.scalars(rows.limit(limit + 1)).all(), order, limit)


def cut_page(found: Sequence[T], order: ListOrder, limit: int) -> ListPage[T]:
    """Return the page of what was found: one row too many says that there are more."""
    page = found[:limit]
    return ListPage(page, write_cursor(order.sort, key_of(page[-1], order)) if len(found) > limit else None)


def read_key(cursor: str, order: ListOrder) -> list[Any]:
    """Return the key of the last row given out; raises `CursorInvalid`."""
    return read_cursor(cursor, order.sort, tuple(part.kind for part in order.key))


def is_beyond(key: Sequence[Any], order: ListOrder) -> ColumnElement[bool]:
    """Return the condition of what comes after the key."""
    mine = tuple_(*(part.column for part in order.key))
    return mine < tuple_(*key) if order.falls else mine > tuple_(*key)


def is_up_to(key: Sequence[Any], order: ListOrder) -> ColumnElement[bool]:
    """Return the condition of what has the key or comes before it."""
    mine = tuple_(*(part.column for part in order.key))
    return mine >= tuple_(*key) if order.falls else mine <= tuple_(*key)


def sorted_by(order: ListOrder) -> list[Any]:
    """Return what to order by."""
    return [part.column.desc() if order.falls else part.column for part in order.key]


def key_of(row: Any, order: ListOrder) -> list[Any]:
    """Return the row's key."""
    return [part.read(row) if part.read else getattr(row, part.column.key) for part in order.key]
