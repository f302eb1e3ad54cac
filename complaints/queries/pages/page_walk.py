"""A page of many complaints, found in bounded time: by a short walk where many match, by an index where few do.

First the next rows in the list's order are looked at, some hundreds, then some thousands: where one of a hundred
matches, that fills a page. Where it does not, few are left, and the indexes of what is asked for find them all.
No guess of the database's decides between the two: it knows too little of how conditions hang together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement

from complaints.models import Complaint
from complaints.queries.pages.paging import (
    ListOrder,
    ListPage,
    cut_page,
    is_beyond,
    is_up_to,
    key_of,
    read_key,
    sorted_by,
)

STEPS = (500, 8000)


class unindexed(FunctionElement[bool]):  # noqa: N801 - reads as a function of SQL
    """A condition for which no index shall be taken: another one is known to be better."""

    inherit_cache = True
    name = "unindexed"


@compiles(unindexed)
def _plain(element: Any, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)}) IS TRUE"


@compiles(unindexed, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"+({compiler.process(element.clauses, **options)})"


@dataclass(frozen=True, slots=True)
class Walk:
    """Ways through the order, of each of which an index knows the `starts`, and what else is asked on the way."""

    starts: Sequence[Sequence[ColumnElement[bool]]]
    asks: Sequence[ColumnElement[bool]]


def walk_page(
    session: Session,
    walk: Walk,
    found: Sequence[ColumnElement[bool]],
    order: ListOrder,
    *,
    cursor: str | None,
    limit: int,
) -> ListPage[Complaint]:
    """Return a page in this order of what the walk meets, or else of what is `found`, which means the same.

    Raises `CursorInvalid`.
    """
    beyond = [] if cursor is None else [is_beyond(read_key(cursor, order), order)]
    ways = [_walk(session, [*start, *beyond], walk.asks, order, limit + 1) for start in walk.starts]
    met = [way for way in ways if way is not None]
    if len(met) < len(ways):
        return cut_page(_find(session, [*found, *beyond], order, limit + 1), order, limit)
    return cut_page(list(islice(_merged(met, order), limit + 1)), order, limit)


def _walk(
    session: Session,
    starts: Sequence[ColumnElement[bool]],
    asks: Sequence[ColumnElement[bool]],
    order: ListOrder,
    wanted: int,
) -> Sequence[Complaint] | None:
    """Return the first rows wanted, or all where there are fewer; None where neither is known after the steps."""
    if not asks:
        return session.scalars(_sorted(select(Complaint).where(*starts), order).limit(wanted)).all()
    for step in STEPS:
        key = [part.column for part in order.key]
        last = session.execute(_sorted(select(*key).where(*starts), order).offset(step - 1).limit(1)).first()
        within = [] if last is None else [is_up_to(list(last), order)]
        rows = select(Complaint).where(*starts, *within, *map(unindexed, asks))
        met = session.scalars(_sorted(rows, order).limit(wanted)).all()
        if last is None or len(met) == wanted:
            return met
    return None


def _find(
    session: Session, found: Sequence[ColumnElement[bool]], order: ListOrder, wanted: int
) -> Sequence[Complaint]:
    """Find all, and sort them; the order is kept from whoever chooses the index."""
    first, *others = found
    key = [part.column.label(f"key_{place}") for place, part in enumerate(order.key)]
    query = select(Complaint.id.label("found_id"), *key).where(first, *map(unindexed, others))
    rows = query.cte("found").prefix_with("MATERIALIZED")
    keys = [rows.c[f"key_{place}"] for place in range(len(key))]
    falling = [one.desc() if order.falls else one for one in keys]
    page = select(rows.c.found_id).order_by(*falling).limit(wanted)
    ids = session.scalars(page).all()
    return session.scalars(_sorted(select(Complaint).where(Complaint.id.in_(ids)), order)).all()


def _sorted(rows: Select[Any], order: ListOrder) -> Select[Any]:
    return rows.order_by(*sorted_by(order))


def _merged(ways: Sequence[Sequence[Complaint]], order: ListOrder) -> Iterator[Complaint]:
    return merge(*ways, key=lambda row: key_of(row, order), reverse=order.falls)
