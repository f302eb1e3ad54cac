"""The list of complaints: filtered, sorted, paged by key so that rows that arrive meanwhile shift nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, tuple_
from sqlalchemy.orm import Session

from complaints.models import Complaint
from complaints.queries.cursors import read_cursor, write_cursor
from complaints.words import OPEN, PRIORITY, Severity, Status

Sort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "severity", "-severity"]
SORTS: tuple[Sort, ...] = get_args(Sort)
UNASSIGNED = "none"

_RANK = case({name.value: -rank for name, rank in PRIORITY.items()}, value=Complaint.severity)
_COLUMNS: dict[str, tuple[Any, type]] = {
    "created_at": (Complaint.created_at, datetime),
    "updated_at": (Complaint.updated_at, datetime),
    "severity": (_RANK, int),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; empty or None means all. `sites` limits what may be seen at all, `site` is a wish."""

    status: Sequence[Status] = ()
    severity: Sequence[Severity] = ()
    category: Sequence[str] = ()
    site: Sequence[str] = ()
    assignee: UUID | Literal["none"] | None = None
    text: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    overdue: bool | None = None
    sites: frozenset[str] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of a list and the cursor after them, None on the last page."""

    rows: Sequence[Complaint]
    next_cursor: str | None


def list_complaints(
    session: Session, filters: Filters, *, sort: Sort, cursor: str | None, limit: int, now: datetime
) -> ListPage:
    """Return a page of at most `limit` complaints; raises `CursorInvalid`."""
    query = select(Complaint).where(*conditions(filters, now))
    column, kind = _COLUMNS[sort.lstrip("-")]
    key = tuple_(column, Complaint.id)
    falls = sort.startswith("-")
    if cursor is not None:
        last = tuple_(*read_cursor(cursor, sort, (kind, UUID)))
        query = query.where(key < last if falls else key > last)
    rows = session.scalars(_ordered(query, column, falls).limit(limit + 1)).all()
    page = rows[:limit]
    return ListPage(page, write_cursor(sort, _key(page[-1], sort)) if len(rows) > limit else None)


def conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of the filters."""
    wanted: list[ColumnElement[bool]] = []
    for column, values in (
        (Complaint.status, filters.status),
        (Complaint.severity, filters.severity),
        (Complaint.category, filters.category),
        (Complaint.site, filters.site),
    ):
        if values:
            wanted.append(column.in_(values))
    if filters.sites is not None:
        wanted.append(Complaint.site.in_(filters.sites))
    if filters.assignee is not None:
        unassigned = filters.assignee == UNASSIGNED
        wanted.append(
            Complaint.assignee_id.is_(None) if unassigned else Complaint.assignee_id == filters.assignee
        )
    if filters.text:
        wanted.append(_matches(filters.text))
    if filters.overdue is not None:
        wanted.append(is_overdue(now) if filters.overdue else ~is_overdue(now))
    return wanted + _times(filters)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition of an open complaint past a time by which something should have happened."""
    unacknowledged = and_(Complaint.acknowledged_at.is_(None), Complaint.ack_due_at < now)
    unresolved = and_(Complaint.resolve_due_at.is_not(None), Complaint.resolve_due_at < now)
    return and_(Complaint.status.in_(OPEN), or_(unacknowledged, unresolved))


def _times(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = []
    if filters.created_after is not None:
        wanted.append(Complaint.created_at > filters.created_after)
    if filters.created_before is not None:
        wanted.append(Complaint.created_at < filters.created_before)
    if filters.updated_after is not None:
        wanted.append(Complaint.updated_at > filters.updated_after)
    return wanted


def _matches(text: str) -> ColumnElement[bool]:
    searched = (Complaint.reference, Complaint.subject, Complaint.description, Complaint.location)
    return or_(*(column.icontains(text, autoescape=True) for column in searched))


def _ordered(query: Select[Complaint], column: Any, falls: bool) -> Select[Complaint]:
    return (
        query.order_by(column.desc(), Complaint.id.desc()) if falls else query.order_by(column, Complaint.id)
    )


def _key(row: Complaint, sort: str) -> list[Any]:
    name = sort.lstrip("-")
    value = -PRIORITY[Severity(row.severity)] if name == "severity" else getattr(row, name)
    return [value, row.id]
