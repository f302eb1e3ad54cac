"""The list of complaints: sorted, and paged by key so that rows that arrive meanwhile shift nothing."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from complaints.db import UtcDateTime
from complaints.models import Complaint
from complaints.queries.complaint_filters import Filters, conditions
from complaints.queries.paging import KeyPart, ListOrder, ListPage, read_page
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

_RANK = case({name.value: -rank for name, rank in PRIORITY.items()}, value=Complaint.severity)


def _due(name: str) -> KeyPart:
    """What is never due comes after all that is."""
    moment: Any = getattr(Complaint, name)
    column = func.coalesce(moment, literal(NEVER, UtcDateTime()))
    return KeyPart(column, datetime, lambda row: getattr(row, name) or NEVER)


_SORTED_BY = {
    "created_at": KeyPart(Complaint.created_at, datetime),
    "updated_at": KeyPart(Complaint.updated_at, datetime),
    "ack_due_at": _due("ack_due_at"),
    "resolve_due_at": _due("resolve_due_at"),
    "severity": KeyPart(_RANK, int, lambda row: -PRIORITY[Severity(row.severity)]),
}


def list_complaints(
    session: Session, filters: Filters, *, sort: Sort, cursor: str | None, limit: int, now: datetime
) -> ListPage[Complaint]:
    """Return a page of at most `limit` complaints; raises `CursorInvalid`."""
    order = ListOrder(sort, (_SORTED_BY[sort.lstrip("-")], KeyPart(Complaint.id, UUID)))
    rows = select(Complaint).where(*conditions(filters, now))
    return read_page(session, rows, order, cursor=cursor, limit=limit)
