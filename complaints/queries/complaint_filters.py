"""Which complaints are meant: the filters that lists, counts and exports share, and their WHERE."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from complaints.ids import REFERENCE_PREFIX, normalise_reference
from complaints.models import Complaint, ComplaintSearch, Site
from complaints.queries.nearness import Near, is_near
from complaints.texts.folding import fold_name
from complaints.texts.kept_form import as_line
from complaints.texts.search_text import search_words
from complaints.words import OPEN, Severity, Status

UNASSIGNED = "none"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; empty or None means all. `site` is a wish.

    What may be seen at all is limited by `sites`, and by `submitted_by` to what this API client submitted.
    """

    status: Sequence[Status] = ()
    severity: Sequence[Severity] = ()
    category: Sequence[str] = ()
    site: Sequence[str] = ()
    reference: Sequence[str] = ()
    external_id: Sequence[str] = ()
    source: Sequence[str] = ()
    assignee: UUID | Literal["none"] | None = None
    text: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    due_before: datetime | None = None
    overdue: bool | None = None
    near: Near | None = None
    sites: frozenset[str] | None = field(default=None)
    submitted_by: UUID | None = field(default=None)


def conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of the filters."""
    wanted = [
        *_words(filters),
        *_times(filters),
        None if filters.sites is None else Complaint.site.in_(filters.sites),
        None if filters.submitted_by is None else Complaint.api_client_id == filters.submitted_by,
        _at(filters.site) if filters.site else None,
        None if filters.assignee is None else _has(filters.assignee),
        None if filters.near is None else is_near(filters.near),
        _matches(filters.text) if filters.text else None,
        None if filters.overdue is None else is_due(now) if filters.overdue else ~is_due(now),
        None if filters.due_before is None else is_due(filters.due_before),
    ]
    return [condition for condition in wanted if condition is not None]


def is_due(before: datetime) -> ColumnElement[bool]:
    """Return the condition of an open complaint with which something should happen before the instant."""
    unacknowledged = and_(Complaint.acknowledged_at.is_(None), Complaint.ack_due_at < before)
    unresolved = and_(Complaint.resolve_due_at.is_not(None), Complaint.resolve_due_at < before)
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


def _words(filters: Filters) -> list[ColumnElement[bool]]:
    references = [normalise_reference(text) for text in filters.reference]
    asked = (
        (Complaint.status, filters.status),
        (Complaint.severity, filters.severity),
        (Complaint.category, filters.category),
        (Complaint.external_id, filters.external_id),
        (Complaint.source, filters.source),
        (Complaint.reference, references),
    )
    return [column.in_([one for one in values if one is not None]) for column, values in asked if values]


def _has(assignee: UUID | Literal["none"]) -> ColumnElement[bool]:
    return Complaint.assignee_id.is_(None) if assignee == UNASSIGNED else Complaint.assignee_id == assignee


def _times(filters: Filters) -> list[ColumnElement[bool]]:
    after = ((Complaint.created_at, filters.created_after), (Complaint.updated_at, filters.updated_after))
    before = ((Complaint.created_at, filters.created_before), (Complaint.updated_at, filters.updated_before))
    return [
        *(column > moment for column, moment in after if moment is not None),
        *(column < moment for column, moment in before if moment is not None),
    ]


def _matches(text: str) -> ColumnElement[bool]:
    """Return the condition that every word occurs somewhere, or that the whole is the complaint's reference."""
    words = [ComplaintSearch.text.contains(word, autoescape=True) for word in search_words(text)]
    found = Complaint.id.in_(select(ComplaintSearch.complaint_id).where(*words))
    reference = normalise_reference(text) or normalise_reference(REFERENCE_PREFIX + text)
    return found if reference is None else or_(found, Complaint.reference == reference)
