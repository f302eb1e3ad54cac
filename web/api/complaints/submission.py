"""POST /complaints: the door that must never be shut."""

from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.http import quote_etag

from complaints.accounts.rights import require_site
from complaints.attachments.filing import StoredFile
from complaints.attachments.kept_attachments import attachments_of
from complaints.clock import utcnow
from complaints.events.event_types import ActorKind
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Complaint, Event
from complaints.queries.finding import may_see
from complaints.verbs import submit
from web.api.complaints.attachment_views import check_stored, poke_for, put_away
from web.api.complaints.complaint_views import answer
from web.api.shapes import AttachmentShape, OneComplaintShape
from web.http.app_services import services
from web.http.client_address import limited_address
from web.http.declared_headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    LOCATION,
    REPLAYED,
    answers,
    as_headers,
    read_header,
    repeatable,
)
from web.http.permissions import READING, Caller, caller, submits
from web.http.throttle import Window
from web.idempotency.attempt import Attempt, attempt_of, is_recorded
from web.idempotency.created_once import create_once
from web.uploads.declared_bodies import takes_files_too
from web.uploads.multipart_request import Uploads, uploads_beside

blueprint = APIBlueprint("intake", __name__, tag="Complaints")


@blueprint.post("/complaints")
@submits
@repeatable
@takes_files_too
@answers(ETAG, LOCATION)
@blueprint.input(NewComplaint, arg_name="form")
@blueprint.output(OneComplaintShape, 201)
@blueprint.doc(summary="Submit a complaint", responses=[429, 503])
def submit_complaint(form: NewComplaint) -> Any:
    """Store the complaint and answer; admins are told behind this.

    Send `Idempotency-Key` so that a retry is harmless: the same key and body give the same complaint again, with
    `Idempotency-Replayed: true`. Who may not read it gets it as it was when it was submitted.

    With files it is `multipart/form-data`: a part `complaint`, the JSON, and up to five parts `file`. The complaint
    and all its files are there afterwards, or nothing of it.
    """
    here, who = services(), caller()
    _throttle(who)
    require_site(who.sites, form.site)
    uploads = uploads_beside(request)
    attempt = _attempt(form, uploads, who)
    stored = [] if _is_repeat(attempt) else put_away(uploads)
    with here.database.write() as session:
        complaint, replayed = _submit(session, form, uploads, stored, who, attempt)
        if replayed and not _may_read(who, complaint):
            body, etag = _as_told(session, complaint, form)
        else:
            body, _, etag = answer(session, complaint)
    if not replayed:
        poke_for(stored)
    headers = {LOCATION: f"/api/v1/complaints/{body.id}", **({REPLAYED: "true"} if replayed else {})}
    return body, 201, {**as_headers(headers), **etag}


def _may_read(who: Caller, complaint: Complaint) -> bool:
    """Say whether who submitted it may see what has become of it."""
    may_read = who.operator is not None if who.key is None else set(READING).intersection(who.key.scopes)
    return bool(may_read) and may_see(who.sites, complaint.site)


def _as_told(
    session: Session, complaint: Complaint, form: NewComplaint
) -> tuple[OneComplaintShape, dict[str, str]]:
    """Return what the first answer said, out of the event, and what the caller says of the reporter."""
    query = select(Event.data).where(Event.complaint_id == complaint.id).order_by(Event.n).limit(1)
    reporter = None if form.reporter is None else form.reporter.as_stored()
    first = {**session.scalars(query).one(), "reporter": reporter}
    files = attachments_of(session, complaint)[: first.get("attachment_count", 0)]
    shown = [AttachmentShape.of(one) for one in files]
    told = OneComplaintShape.model_validate({**first, "attachments": shown})
    return told, as_headers({ETAG: quote_etag(str(told.version))})


def _attempt(form: NewComplaint, uploads: Uploads, who: Caller) -> Attempt | None:
    """Return what is asked under the request's key; None without one."""
    key = read_header(IDEMPOTENCY_KEY)
    files = {"files": list(uploads.marks)} if uploads.marks else {}
    return None if key is None else attempt_of(key, {**form.model_dump(mode="json"), **files}, who)


def _is_repeat(attempt: Attempt | None) -> bool:
    """Say whether it was asked before: then its files need not be stored once more."""
    if attempt is None:
        return False
    with services().database.read() as session:
        return is_recorded(session, attempt)


def _submit(
    session: Session,
    form: NewComplaint,
    uploads: Uploads,
    stored: list[StoredFile],
    who: Caller,
    attempt: Attempt | None,
) -> tuple[Complaint, bool]:
    now = utcnow()

    def add() -> Complaint:
        check_stored(uploads, stored)
        return submit(
            session,
            form,
            actor=who.actor,
            now=now,
            request_id=g.request_id,
            api_client_id=who.key.client_id if who.key else None,
            files=stored,
        )

    if attempt is None:
        return add(), False
    return create_once(session, attempt, Complaint, add, now=now)


def _throttle(who: Caller) -> None:
    """Count it; a key with a rate of its own was counted by that already."""
    here = services()
    if who.key is not None and who.key.rate is None and here.settings.intake_rate_key is not None:
        here.throttle.take(Window(here.settings.intake_rate_key, f"intake-key:{who.key.id}"))
    if who.actor.kind is ActorKind.ANONYMOUS:
        here.throttle.take(Window(here.settings.intake_rate_anonymous, f"intake:{limited_address()}"))
