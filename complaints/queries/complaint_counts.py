"""How many complaints there are of a filter, and how they stand, in one reading."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.db import see_one_moment
from complaints.queries.complaint_filters import Filters, with_known_sites
from complaints.queries.standing import Standing, count_meant, count_standings
from complaints.words import OPEN, Severity, Status


@dataclass(frozen=True, slots=True)
class ComplaintCounts:
    """The numbers; all but `total`, `by_status` and `by_severity` are of open complaints."""

    total: int
    open: int
    overdue: int
    unacknowledged: int
    mine: int
    unassigned: int
    by_status: dict[str, int]
    by_severity: dict[str, int]


def count_complaints(
    session: Session, filters: Filters, *, me: UUID | None, now: datetime
) -> ComplaintCounts:
    """Count what the filters mean, as of one moment: the session has read nothing yet.

    `mine` are those that `me` has, none for who is no operator.
    """
    see_one_moment(session)
    return counts_of(session, with_known_sites(session, filters), me=me, now=now)


def counts_of(session: Session, filters: Filters, *, me: UUID | None, now: datetime) -> ComplaintCounts:
    """Count what the filters mean, the names of their sites known."""
    found = count_standings(session, filters, now)
    return ComplaintCounts(
        total=found.all.total(),
        open=_sum(found.all, lambda one: one.is_open),
        overdue=found.overdue.total(),
        unacknowledged=_sum(found.all, lambda one: one.is_open and not one.is_acknowledged),
        mine=_count_mine(session, filters, me, now),
        unassigned=_sum(found.all, lambda one: one.is_open and not one.is_assigned),
        by_status={str(word): _sum(found.all, _has(word)) for word in Status},
        by_severity={str(word): _sum(found.all, _has(word)) for word in Severity},
    )


def _count_mine(session: Session, filters: Filters, me: UUID | None, now: datetime) -> int:
    if me is None or filters.assignee not in (None, me):
        return 0
    status = [word for word in OPEN if word in (filters.status or OPEN)]
    if not status:
        return 0
    return count_meant(session, replace(filters, assignee=me, status=status), now)


def _sum(counted: Counter[Standing], wanted: Callable[[Standing], bool]) -> int:
    return sum(amount for standing, amount in counted.items() if wanted(standing))


def _has(word: Status | Severity) -> Callable[[Standing], bool]:
    return lambda one: word in (one.status, one.severity)
