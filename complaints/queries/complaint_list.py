"""The list of complaints: sorted, and paged by key so that rows that arrive meanwhile shift nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, literal_column
from sqlalchemy.orm import Session

from complaints.models import Complaint
from complaints.models.index_terms import RANK, or_never
from complaints.queries.complaint_filters import (
    Filters,
    all_conditions,
    conditions,
    has_assignee,
    is_any_open,
    is_open,
    with_known_sites,
)
from complaints.queries.pages.page_walk import Walk, walk_page
from complaints.queries.pages.paging import KeyPart, ListOrder, ListPage
from complaints.queries.word_search import says
from complaints.words import PRIORITY, Severity

Sort = Literal[
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "ack_due_at",
    "-ack_due_at",
    "resolve_due_at",
    "-resolve_due_at",
    "severity",
    "-severity",
]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

WAYS_MAXIMUM = 10

_RANK: ColumnElement[int] = literal_column(f"({RANK})", Integer())


def _due(name: str) -> KeyPart:
    """What is never due comes after all that is."""
    return KeyPart(or_never(getattr(Complaint, name)), datetime, lambda row: getattr(row, name) or NEVER)


_CREATED = KeyPart(Complaint.created_at, datetime)
_ID = KeyPart(Complaint.id, UUID)
_SORTED_BY: dict[str, tuple[KeyPart, ...]] = {
    "created_at": (_CREATED, _ID),
    "updated_at": (KeyPart(Complaint.updated_at, datetime), _ID),
    "ack_due_at": (_due("ack_due_at"), _ID),
    "resolve_due_at": (_due("resolve_due_at"), _ID),
    "severity": (KeyPart(_RANK, int, lambda row: -PRIORITY[Severity(row.severity)]), _CREATED, _ID),
}


def list_complaints(
    session: Session, filters: Filters, *, sort: Sort, cursor: str | None, limit: int, now: datetime
) -> ListPage[Complaint]:
    """Return a page of at most `limit` complaints; raises `CursorInvalid`."""
    order = ListOrder(sort, _SORTED_BY[sort.lstrip("-")])
    known = with_known_sites(session, filters)
    walk = Walk(_ways(known, sort.lstrip("-"), now), _asked(known, now))
    return walk_page(session, walk, all_conditions(session, known, now), order, cursor=cursor, limit=limit)


def _asked(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    return [*conditions(filters, now), *([says(filters.text)] if filters.text else [])]


def _ways(filters: Filters, sort: str, now: datetime) -> list[list[ColumnElement[bool]]]:
    """Return the ways through a sort: the parts of it that an index knows, which together are all that is meant."""
    bounds = _bounds(filters, sort, now)
    for values in _values(filters, sort):
        if 0 < len(values) <= WAYS_MAXIMUM:
            return [[value, *bounds] for value in values]
    return [bounds]


def _values(filters: Filters, sort: str) -> list[Sequence[ColumnElement[bool]]]:
    """Return, for each filter that an index combines with the sort, its values; what most leave out comes first."""
    opens = [is_open] if is_any_open(filters) else []
    if sort == "severity":
        return [opens]
    if sort != "created_at":
        return []
    assigned = [] if filters.assignee is None else [has_assignee(filters.assignee)]
    sites = set(filters.site or filters.sites or ()) & set(filters.sites or filters.site or ())
    return [
        [] if filters.submitted_by is None else [Complaint.api_client_id == filters.submitted_by],
        [both & one for both in opens for one in assigned] or assigned,
        [Complaint.site == one for one in sorted(sites)],
        [Complaint.category == one for one in filters.category],
        [Complaint.source == one for one in filters.source],
        [literal_column(str(-PRIORITY[one])) == _RANK for one in filters.severity],
        opens or [Complaint.status == one for one in filters.status],
    ]


def _bounds(filters: Filters, sort: str, now: datetime) -> list[ColumnElement[bool]]:
    """Return what the filters say of the times of a sort: nothing changes, or is due, before it came."""
    if sort == "updated_at":
        return _between(Complaint.updated_at, filters.updated_after, [filters.updated_before])
    if sort != "created_at":
        return []
    overdue = now if filters.overdue else None
    before = [filters.created_before, filters.updated_before, filters.due_before, overdue]
    return _between(Complaint.created_at, filters.created_after, before)


def _between(
    column: Any, after: datetime | None, before: Sequence[datetime | None]
) -> list[ColumnElement[bool]]:
    first = [moment for moment in before if moment is not None]
    return [
        *([] if after is None else [column > after]),
        *([column < min(first)] if first else []),
    ]
