"""The list of complaints: filtered, sorted, paged by key so that rows that arrive meanwhile shift nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from complaints.ids import REFERENCE_PREFIX, normalise_reference
from complaints.models import Complaint, ComplaintSearch, Site
from complaints.queries.paging import KeyPart, ListOrder, ListPage, read_page
from complaints.texts.folding import fold_name
from complaints.texts.kept_form import as_line
from complaints.texts.search_text import search_words
from complaints.words import OPEN, PRIORITY, Severity, Status

Sort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "severity", "-severity"]
UNASSIGNED = "none"

_RANK = case({name.value: -rank for name, rank in PRIORITY.items()}, value=Complaint.severity)
_SORTED_BY = {
    "created_at": KeyPart(Complaint.created_at, datetime),
    "updated_at": KeyPart(Complaint.updated_at, datetime),
    "severity": KeyPart(_RANK, int, lambda row: -PRIORITY[Severity(row.severity)]),
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


def list_complaints(
    session: Session, filters: Filters, *, sort: Sort, cursor: str | None, limit: int, now: datetime
) -> ListPage[Complaint]:
    """Return a page of at most `limit` complaints; raises `CursorInvalid`."""
    order = ListOrder(sort, (_SORTED_BY[sort.lstrip("-")], KeyPart(Complaint.id, UUID)))
    rows = select(Complaint).where(*conditions(filters, now))
    return read_page(session, rows, order, cursor=cursor, limit=limit)


def conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of the filters."""
    wanted: list[ColumnElement[bool]] = []
    for column, values in (
        (Complaint.status, filters.status),
        (Complaint.severity, filters.severity),
        (Complaint.category, filters.category),
    ):
        if values:
            wanted.append(column.in_(values))
    if filters.site:
        wanted.append(_at(filters.site))
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


def _at(names: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition of the site, however it is typed. One text with commas is a list unless it is a site."""
    if len(names) > 1 or "," not in names[0]:
        return _spelt(names)
    other = aliased(Complaint)
    is_site = or_(
        select(other.id).where(other.site == names[0]).exists(),
        select(Site.name).where(Site.folded == fold_name(names[0])).exists(),
    )
    listed = [name for name in map(as_line, names[0].split(",")) if name]
    return or_(_spelt(names), and_(~is_site, _spelt(listed)))


def _spelt(names: Sequence[str]) -> ColumnElement[bool]:
    defined = select(Site.name).where(Site.folded.in_(map(fold_name, names)))
    return or_(Complaint.site.in_(names), Complaint.site.in_(defined))


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
    """Return the condition that every word occurs somewhere, or that the whole is the complaint's reference."""
    words = [ComplaintSearch.text.contains(word, autoescape=True) for word in search_words(text)]
    found = Complaint.id.in_(select(ComplaintSearch.complaint_id).where(*words))
    reference = normalise_reference(text) or normalise_reference(REFERENCE_PREFIX + text)
    return found if reference is None else or_(found, Complaint.reference == reference)
