"""How many complaints there are of a filter, and how they stand, in one reading."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, select
from sqlalchemy.orm import Session

from complaints.models import Complaint
from complaints.queries.complaint_filters import Filters, conditions, is_due
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
    """Count what the filters mean; `mine` are those that `me` has, none for who is no operator."""
    is_open = Complaint.status.in_(OPEN)
    counted: dict[str, Any] = {
        "total": func.count(),
        "open": _count_if(is_open),
        "overdue": _count_if(is_due(now)),
        "unacknowledged": _count_if(is_open & Complaint.acknowledged_at.is_(None)),
        "mine": _count_if(false() if me is None else is_open & (Complaint.assignee_id == me)),
        "unassigned": _count_if(is_open & Complaint.assignee_id.is_(None)),
        **{f"status {word}": _count_if(Complaint.status == word) for word in Status},
        **{f"severity {word}": _count_if(Complaint.severity == word) for word in Severity},
    }
    columns = [count.label(name) for name, count in counted.items()]
    query = select(*columns).select_from(Complaint).where(*conditions(filters, now))
    row = dict(zip(counted, session.execute(query).one(), strict=True))
    return ComplaintCounts(
        **{name: row[name] for name in ("total", "open", "overdue", "unacknowledged", "mine", "unassigned")},
        by_status={str(word): row[f"status {word}"] for word in Status},
        by_severity={str(word): row[f"severity {word}"] for word in Severity},
    )


def _count_if(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))
