"""Figures about complaints: how many stand where, how long it takes, how many a day. On both engines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement

from complaints.models import Complaint
from complaints.queries.complaint_counts import count_complaints
from complaints.queries.complaint_filters import Filters, conditions


class seconds_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The seconds from one instant to another."""

    type = Float()
    inherit_cache = True
    name = "seconds_between"


@compiles(seconds_between)
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(seconds_between, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took, in seconds; None where it never happened."""

    count: int
    mean_seconds: float | None
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """How many complaints came in and were resolved on one day, UTC."""

    day: date
    submitted: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Stats:
    """The figures; durations and days are of complaints since `since`."""

    total: int
    open: int
    overdue: int
    unassigned: int
    by_status: dict[str, int]
    by_severity: dict[str, int]
    since: datetime
    time_to_acknowledge: Durations
    time_to_resolve: Durations
    per_day: list[Day]


def read_stats(session: Session, sight: Filters, *, days: int, now: datetime) -> Stats:
    """Return the figures of what `sight` lets through; durations and days are those of the last `days` days."""
    visible = conditions(sight, now)
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    counts = count_complaints(session, sight, me=None, now=now)
    return Stats(
        total=counts.total,
        open=counts.open,
        overdue=counts.overdue,
        unassigned=counts.unassigned,
        by_status=counts.by_status,
        by_severity=counts.by_severity,
        since=since,
        time_to_acknowledge=_durations(session, Complaint.acknowledged_at, visible, since),
        time_to_resolve=_durations(session, Complaint.resolved_at, visible, since),
        per_day=_days(session, visible, since, days),
    )


def _durations(session: Session, end: Any, visible: list[ColumnElement[bool]], since: datetime) -> Durations:
    took = seconds_between(Complaint.created_at, end)
    rows = select(took).where(*visible, Complaint.created_at >= since, end.is_not(None))
    inner = rows.subquery()
    count, mean = session.execute(select(func.count(), func.avg(inner.c[0]))).one()
    if not count:
        return Durations(0, None, None, None)
    ordered = rows.order_by(took)
    return Durations(
        count,
        _seconds(mean),
        _nth(session, ordered, (count - 1) // 2),
        _nth(session, ordered, (count - 1) * 9 // 10),
    )


def _nth(session: Session, ordered: Select[float], place: int) -> float:
    return _seconds(session.scalars(ordered.offset(place).limit(1)).one())


def _seconds(value: Any) -> float:
    return round(float(value), 3)


def _days(session: Session, visible: list[ColumnElement[bool]], since: datetime, days: int) -> list[Day]:
    submitted = _per_day(session, Complaint.created_at, visible, since)
    resolved = _per_day(session, Complaint.resolved_at, visible, since)
    dates = [since.date() + timedelta(days=number) for number in range(days)]
    return [Day(day, submitted.get(str(day), 0), resolved.get(str(day), 0)) for day in dates]


def _per_day(
    session: Session, moment: Any, visible: list[ColumnElement[bool]], since: datetime
) -> dict[str, int]:
    """Count by day; sessions are in UTC on both engines (`complaints.db`)."""
    day = func.date(moment)
    rows = session.execute(select(day, func.count()).where(*visible, moment >= since).group_by(day))
    return {str(row[0]): row[1] for row in rows}
