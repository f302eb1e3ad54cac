"""Reading tallies: right at any moment, for what is not added up yet is added here."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, cast, func, literal_column, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from complaints.models import Tally
from complaints.tallies.subjects import SPAN_FROM, STANDING, count_cells, entry_facts

Condition = Callable[[Any], ColumnElement[bool]]


def read_standing(session: Session, subject: str, wanted: Condition) -> list[Row[Any]]:
    """Return how many complaints stand how, `STANDING` and `amount`; `wanted` is the condition of the values."""
    rows = _rows(subject, wanted)
    keys = [rows.c[key] for key in STANDING]
    return list(session.execute(select(*keys, _sum(rows.c.amount).label("amount")).group_by(*keys)))


def read_values(session: Session, subject: str, wanted: Condition) -> list[Row[Any]]:
    """Return `value`, `amount` and `total_ms` of each value, in the values' order."""
    rows = _rows(subject, wanted)
    sums = [_sum(rows.c[key]).label(key) for key in ("amount", "total_ms")]
    query = select(rows.c.value, *sums).group_by(rows.c.value).order_by(rows.c.value)
    return list(session.execute(query))


def read_spans(session: Session, subject: str, wanted: Condition) -> list[Row[Any]]:
    """Return `span`, `amount` and `total_ms` of a duration, on all these days together; shortest first."""
    rows = _rows(subject, wanted)
    span = func.substr(rows.c.value, SPAN_FROM).label("span")
    sums = [_sum(rows.c[key]).label(key) for key in ("amount", "total_ms")]
    ordered = select(span, *sums).group_by(literal_column("1")).order_by(literal_column("1"))
    return [row for row in session.execute(ordered) if row.amount]


def _rows(subject: str, wanted: Condition) -> Any:
    names = ("value", *STANDING, "amount", "total_ms")
    kept = select(*(getattr(Tally, name) for name in names)).where(
        Tally.subject == subject, wanted(Tally.value)
    )
    fresh = count_cells(subject, entry_facts()).subquery()
    return union_all(kept, select(*(fresh.c[name] for name in names)).where(wanted(fresh.c.value))).subquery()


def _sum(column: Any) -> ColumnElement[int]:
    return cast(func.sum(column), BigInteger)
