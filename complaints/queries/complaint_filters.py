"""Which complaints are meant: the filters that lists, counts and exports share, and their WHERE."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal_column, select
from sqlalchemy.orm import Session

from complaints.db import UtcDateTime
from complaints.ids import normalise_reference
from complaints.models import Complaint, Site
from complaints.models.index_terms import DUE_AT, open_status
from complaints.queries.nearness import Near, is_near
from complaints.queries.word_search import is_found
from complaints.texts.folding import fold_name
from complaints.texts.kept_form import as_line
from complaints.words import OPEN, Severity, Status

UNASSIGNED: Literal["none"] = "none"


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


is_open: ColumnElement[bool] = open_status()
due_at: ColumnElement[datetime] = literal_column(f"({DUE_AT})", UtcDateTime())
"""When the next thing is due with an open complaint; null where nothing is."""


def with_known_sites(session: Session, filters: Filters) -> Filters:
    """Return the filters with the sites as they are spelt. One text with commas is a list unless it is a site."""
    names = filters.site
    if len(names) == 1 and "," in names[0] and not _is_site(session, names[0]):
        names = [names[0], *(name for name in map(as_line, names[0].split(",")) if name)]
    if names:
        defined = select(Site.name).where(Site.folded.in_(list(map(fold_name, names))))
        names = list(dict.fromkeys([*names, *session.scalars(defined)]))
    return replace(filters, site=names)


def conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of the filters but for the text, what few complaints fulfil first; their sites are known."""
    references = [normalise_reference(text) for text in filters.reference]
    wanted = [
        _one_of(Complaint.reference, references) if filters.reference else None,
        _one_of(Complaint.external_id, filters.external_id),
        None if filters.near is None else is_near(filters.near),
        is_due(now) if filters.overdue else None,
        None if filters.due_before is None else is_due(filters.due_before),
        None if filters.submitted_by is None else Complaint.api_client_id == filters.submitted_by,
        _is_with(filters),
        *_times(filters),
        _one_of(Complaint.source, filters.source),
        _one_of(Complaint.site, filters.site),
        None if filters.sites is None else Complaint.site.in_(filters.sites),
        _one_of(Complaint.category, filters.category),
        _one_of(Complaint.severity, filters.severity),
        _has_status(filters),
        ~is_due(now) if filters.overdue is False else None,
    ]
    return [condition for condition in wanted if condition is not None]


def all_conditions(session: Session, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of the filters with the text, which the index of words answers."""
    found = [is_found(session, filters.text)] if filters.text else []
    return [*found, *conditions(filters, now)]


def is_due(before: datetime) -> ColumnElement[bool]:
    """Return the condition of an open complaint with which something should happen before the instant."""
    return and_(is_open, due_at.is_not(None), due_at < before)


def is_any_open(filters: Filters) -> bool:
    """Say whether complaints of each open status are meant, and no others."""
    return set(filters.status) == set(OPEN)


def has_assignee(assignee: UUID | Literal["none"]) -> ColumnElement[bool]:
    """Return the condition that they have it; nobody stands for `none`."""
    return Complaint.assignee_id.is_(None) if assignee == UNASSIGNED else Complaint.assignee_id == assignee


def _is_with(filters: Filters) -> ColumnElement[bool] | None:
    """Whose they are, and that they are open where that is asked: one index knows both."""
    if filters.assignee is None:
        return None
    return and_(has_assignee(filters.assignee), *([is_open] if is_any_open(filters) else []))


def _has_status(filters: Filters) -> ColumnElement[bool] | None:
    return is_open if is_any_open(filters) else _one_of(Complaint.status, filters.status)


def _is_site(session: Session, name: str) -> bool:
    known = select(Site.name).where(Site.folded == fold_name(name)).limit(1)
    used = select(Complaint.id).where(Complaint.site == name).limit(1)
    return session.scalar(known) is not None or session.scalar(used) is not None


def _one_of(column: Any, values: Sequence[Any]) -> ColumnElement[bool] | None:
    known: list[Any] = [value for value in values if value is not None]
    return column.in_(known) if values else None


def _times(filters: Filters) -> list[ColumnElement[bool]]:
    after = ((Complaint.created_at, filters.created_after), (Complaint.updated_at, filters.updated_after))
    before = ((Complaint.created_at, filters.created_before), (Complaint.updated_at, filters.updated_before))
    return [
        *(column > moment for column, moment in after if moment is not None),
        *(column < moment for column, moment in before if moment is not None),
    ]
