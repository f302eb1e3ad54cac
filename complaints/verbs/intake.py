"""Submitting a complaint."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.errors import Invalid
from complaints.events.append import append_event
from complaints.events.event_types import IMPORTED, Actor, ActorKind, Changes, EventType
from complaints.forms.complaint_forms import NewComplaint, PastComplaint
from complaints.ids import new_id, new_reference
from complaints.models import Complaint
from complaints.queries.known_words import spelt_category, spelt_site
from complaints.verbs.deadlines import set_deadline
from complaints.verbs.searchable import make_searchable
from complaints.words import OPEN, Status

REFERENCE_TRIES = 5


OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def submit(
    session: Session,
    form: NewComplaint,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    api_client_id: UUID | None = None,
) -> Complaint:
    """Add the complaint and its `new_complaint` event and return it.

    Raises `Invalid` for an unknown category or site.
    """
    words = {"category": spelt_category(session, form.category), "site": spelt_site(session, form.site)}
    return _add(session, _build(form, words, actor, now, api_client_id), {}, actor, now, request_id)


def bring_in(
    session: Session,
    form: PastComplaint,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    api_client_id: UUID | None = None,
) -> Complaint:
    """Add a complaint from before, with an event that alerts nobody, and return it; nobody is reminded of it.

    When it was acknowledged and resolved is not known: one that is past `reported` and open counts as acknowledged
    now. Raises as `submit`, and `Invalid` for a time at which nothing came.
    """
    created = form.created_at or now
    if not OLDEST <= created <= now:
        raise Invalid("Lies ahead, or before 1970.", "/created_at")
    words = {"category": spelt_category(session, form.category), "site": spelt_site(session, form.site)}
    complaint = _build(form, words, actor, created, api_client_id)
    complaint.status = form.status or Status.REPORTED
    is_taken = complaint.status in OPEN and complaint.status != Status.REPORTED
    complaint.acknowledged_at, complaint.updated_at = (now if is_taken else None), now
    return _add(session, complaint, IMPORTED, actor, now, request_id)


def _add(
    session: Session,
    complaint: Complaint,
    changes: Changes,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> Complaint:
    set_deadline(session, complaint, now=now)
    if changes == IMPORTED:
        complaint.remind_at = None
    _add_with_free_reference(session, complaint)
    make_searchable(session, complaint)
    append_event(
        session,
        complaint,
        EventType.NEW_COMPLAINT,
        actor=actor,
        changes=changes,
        now=now,
        request_id=request_id,
    )
    return complaint


def _build(
    form: NewComplaint,
    words: dict[str, str | None],
    actor: Actor,
    now: datetime,
    api_client_id: UUID | None,
) -> Complaint:
    return Complaint(
        id=new_id(),
        **(form.model_dump(exclude={"reporter", "created_at", "status"}) | words),
        reporter=None if form.reporter is None else form.reporter.as_stored(),
        source=actor.name if actor.kind is ActorKind.API_CLIENT else None,
        api_client_id=api_client_id,
        status=Status.REPORTED,
        assignee=None,
        version=1,
        reminded=0,
        created_at=now,
        updated_at=now,
    )


def _add_with_free_reference(session: Session, complaint: Complaint) -> None:
    for last in (False,) * (REFERENCE_TRIES - 1) + (True,):
        complaint.reference = new_reference()
        try:
            with session.begin_nested():
                session.add(complaint)
        except IntegrityError:
            if last:
                raise
        else:
            break
