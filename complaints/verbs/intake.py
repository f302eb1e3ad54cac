"""Submitting a complaint."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.attachments.filing import StoredFile
from complaints.events.append import append_event
from complaints.events.event_types import Actor, ActorKind, EventType
from complaints.forms.complaint_forms import NewComplaint
from complaints.ids import new_id, new_reference
from complaints.models import Complaint
from complaints.queries.known_words import spelt_category, spelt_site
from complaints.verbs.attaching import add_rows, tell_of_added
from complaints.verbs.deadlines import set_deadline
from complaints.verbs.searchable import make_searchable
from complaints.words import Status

REFERENCE_TRIES = 5


def submit(
    session: Session,
    form: NewComplaint,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
    api_client_id: UUID | None = None,
    files: Sequence[StoredFile] = (),
) -> Complaint:
    """Add the complaint and its `new_complaint` event and return it; its files are there from the first.

    Raises `Invalid` for an unknown category or site, and as `attach` does.
    """
    words = {"category": spelt_category(session, form.category), "site": spelt_site(session, form.site)}
    complaint = _build(form, words, actor, now, api_client_id)
    set_deadline(session, complaint, now=now)
    _add_with_free_reference(session, complaint)
    make_searchable(session, complaint)
    complaint.attachment_count = len(files)
    append_event(
        session, complaint, EventType.NEW_COMPLAINT, actor=actor, changes={}, now=now, request_id=request_id
    )
    if files:
        added = add_rows(session, complaint, files, actor=actor, now=now)
        tell_of_added(session, complaint, added, actor=actor, now=now, request_id=request_id)
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
        **(form.model_dump(exclude={"reporter"}) | words),
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
