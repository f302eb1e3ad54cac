"""Figures about complaints: how many stand where, how long it takes, how many a day. On both engines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from complaints.db import see_one_moment
from complaints.models import Complaint
from complaints.models.index_terms import milliseconds_between
from complaints.queries.complaint_counts import counts_of
from complaints.queries.complaint_filters import Filters, conditions
from complaints.tallies.reading import read_spans, read_values
from complaints.tallies.subjects import bounds_of

MILLISECONDS = 1000


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
    """Return the figures of what `sight` lets through; durations and days are those of the last `days` days.

    All are as of one moment: the session has read nothing yet.
    """
    see_one_moment(session)
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    counts = counts_of(session, sight, me=None, now=now)
    is_limited = sight.sites is not None or sight.submitted_by is not None
    figures = _LookedAt(session, sight, since) if is_limited else _Tallied(session, since)
    submitted, resolved = (figures.per_day(name) for name in ("created", "resolved"))
    dates = [since.date() + timedelta(days=number) for number in range(days)]
    return Stats(
        total=counts.total,
        open=counts.open,
        overdue=counts.overdue,
        unassigned=counts.unassigned,
        by_status=counts.by_status,
        by_severity=counts.by_severity,
        since=since,
        time_to_acknowledge=figures.durations("acknowledge"),
        time_to_resolve=figures.durations("resolve"),
        per_day=[Day(day, submitted.get(str(day), 0), resolved.get(str(day), 0)) for day in dates],
    )


class _Tallied:
    """What the tallies know of all complaints since a day began."""

    def __init__(self, session: Session, since: datetime) -> None:
        self._session, self._since = session, since

    def per_day(self, name: str) -> dict[str, int]:
        """Return how many there were a day."""
        rows = read_values(self._session, name, lambda value: value >= str(self._since.date()))
        return {row.value: row.amount for row in rows}

    def durations(self, name: str) -> Durations:
        """Return how long it took. Tallies say within which span the one in the middle is: there it is found."""
        spans = read_spans(self._session, name, lambda value: value >= str(self._since.date()))
        counted = [(bounds_of(row.span), row.amount) for row in spans]

        def nth(place: int) -> int:
            for (low, high), amount in counted:
                if place < amount:
                    within = [_ENDS[name][1] < high, *([_ENDS[name][1] >= low] if low else [])]
                    return _nth(self._session, name, [*within, Complaint.created_at >= self._since], place)
                place -= amount
            raise LookupError(f"no tally of {name} has this place")

        return _durations(sum(row.amount for row in spans), sum(row.total_ms for row in spans), nth)


class _LookedAt:
    """The same of what somebody may see."""

    def __init__(self, session: Session, sight: Filters, since: datetime) -> None:
        self._session, self._since = session, since
        self._visible = conditions(sight, since)

    def per_day(self, name: str) -> dict[str, int]:
        """Return how many there were a day; sessions are in UTC on both engines (`complaints.db`)."""
        moment = Complaint.created_at if name == "created" else Complaint.resolved_at
        day = func.date(moment)
        rows = select(day, func.count()).where(*self._visible, moment >= self._since).group_by(day)
        return {str(row[0]): row[1] for row in self._session.execute(rows)}

    def durations(self, name: str) -> Durations:
        """Return how long it took."""
        end, took = _ENDS[name]
        asked = [*self._visible, Complaint.created_at >= self._since]
        sums = select(func.count(), func.sum(took)).where(*asked, end.is_not(None))
        count, total = self._session.execute(sums).one()
        return _durations(count, int(total or 0), lambda place: _nth(self._session, name, asked, place))


_ENDS: dict[str, tuple[Any, Any]] = {
    name: (end, milliseconds_between(Complaint.created_at, end))
    for name, end in (("acknowledge", Complaint.acknowledged_at), ("resolve", Complaint.resolved_at))
}


def _nth(session: Session, name: str, asked: Sequence[ColumnElement[bool]], place: int) -> int:
    """Return how long the one took that has this place, from 0, among those asked for."""
    end, took = _ENDS[name]
    ordered = select(took).where(end.is_not(None), *asked).order_by(took)
    found: int = session.scalars(ordered.offset(place).limit(1)).one()
    return max(0, found)


def _durations(count: int, total_ms: int, nth: Callable[[int], int]) -> Durations:
    if not count:
        return Durations(0, None, None, None)
    return Durations(
        count,
        round(total_ms / count / MILLISECONDS, 3),
        nth((count - 1) // 2) / MILLISECONDS,
        nth((count - 1) * 9 // 10) / MILLISECONDS,
    )
