"""POST /complaints: the door that must never be shut."""

import operator
from typing import Any

import structlog
from apiflask import APIBlueprint
from flask import g
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.http import quote_etag

from complaints.accounts.rights import require_site
from complaints.clock import utcnow
from complaints.errors import Forbidden
from complaints.events.event_types import ActorKind
from complaints.forms.complaint_forms import PastComplaint
from complaints.models import Complaint, Event
from complaints.queries.finding import may_see
from complaints.queries.similar_complaints import find_similar
from complaints.verbs import bring_in, submit
from web.api.complaints.complaint_views import etag_header
from web.api.complaints.similar_views import SimilarShape
from web.api.shapes import ComplaintShape
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
from web.http.permissions import IMPORTING, READING, Caller, caller, submits
from web.http.rate_limits import take_place
from web.idempotency.attempt import attempt_of
from web.idempotency.created_once import create_once
from web.limits.windows import Window

blueprint = APIBlueprint("intake", __name__, tag="Complaints")

log = structlog.get_logger()


class SubmittedShape(ComplaintShape):
    """The complaint that was stored, and what its sender may want to know at once."""

    possible_duplicates: list[SimilarShape] = Field(
        default=[],
        exclude_if=operator.not_,
        description="Open complaints of the same place in much the same words, if any that the sender may see. "
        "Not there otherwise.",
        examples=[
            [
                {
                    "id": "01a21d09-76d4-7254-a7e7-10aa53843287",
                    "reference": "RD-7QK2M9XW",
                    "subject": None,
                    "likeness": 0.62,
                }
            ]
        ],
    )


@blueprint.post("/complaints")
@submits
@repeatable
@answers(ETAG, LOCATION)
@blueprint.input(PastComplaint, arg_name="form")
@blueprint.output(SubmittedShape, 201)
@blueprint.doc(summary="Submit a complaint")
def submit_complaint(form: PastComplaint) -> Any:
    """Store the complaint and answer; admins are told behind this.

    Send `Idempotency-Key` so that a retry is harmless: the same key and body give the same complaint again, with
    `Idempotency-Replayed: true`. Who may not read it gets it as it was when it was submitted.

    A key with the scope `complaints:import` may say when it came and how it stands; then nobody is alerted.
    """
    here, who = services(), caller()
    if form.is_past and (who.key is None or IMPORTING not in who.key.scopes):
        raise Forbidden(f"created_at and status want an API key with the scope {IMPORTING}.")
    _throttle(who)
    require_site(who.sites, form.site)
    with here.database.write() as session:
        complaint, replayed = _submit(session, form, who)
        may_read = _may_read(who, complaint)
        if replayed and not may_read:
            body, etag = _as_told(session, complaint, form)
        else:
            body, etag = SubmittedShape.of(complaint), etag_header(complaint)
    if not replayed:
        here.poker.poke_sequencer(g.request_id)
    if may_read:
        body = body.model_copy(update={"possible_duplicates": _alike(complaint, who)})
    headers = {LOCATION: f"/api/v1/complaints/{body.id}", **({REPLAYED: "true"} if replayed else {})}
    return body, 201, {**as_headers(headers), **etag}


def _may_read(who: Caller, complaint: Complaint) -> bool:
    """Say whether who submitted it may see what has become of it."""
    may_read = who.operator is not None if who.key is None else set(READING).intersection(who.key.scopes)
    return bool(may_read) and may_see(who.sites, complaint.site)


def _alike(complaint: Complaint, who: Caller) -> list[SimilarShape]:
    """Return what may be about the same; none where the database can't say: the complaint is stored already."""
    try:
        with services().database.read() as session:
            found = find_similar(session, complaint, now=utcnow(), **who.sight)
    except SQLAlchemyError as error:
        log.warning("similar_not_found", error=str(error))
        return []
    return [SimilarShape.model_validate(one) for one in found]


def _as_told(
    session: Session, complaint: Complaint, form: PastComplaint
) -> tuple[SubmittedShape, dict[str, str]]:
    """Return what the first answer said, out of the event, and what the caller says of the reporter."""
    query = select(Event.data).where(Event.complaint_id == complaint.id).order_by(Event.n).limit(1)
    reporter = None if form.reporter is None else form.reporter.as_stored()
    told = SubmittedShape.model_validate({**session.scalars(query).one(), "reporter": reporter})
    return told, as_headers({ETAG: quote_etag(str(told.version))})


def _submit(session: Session, form: PastComplaint, who: Caller) -> tuple[Complaint, bool]:
    now = utcnow()

    def add() -> Complaint:
        take_in = bring_in if form.is_past else submit
        return take_in(
            session,
            form,
            actor=who.actor,
            now=now,
            request_id=g.request_id,
            api_client_id=who.key.client_id if who.key else None,
        )

    key = read_header(IDEMPOTENCY_KEY)
    if key is None:
        return add(), False
    said = form.model_dump(mode="json", exclude=None if form.is_past else {"created_at", "status"})
    attempt = attempt_of(key, said, who)
    return create_once(session, attempt, Complaint, add, now=now)


def _throttle(who: Caller) -> None:
    """Count it; a key with a rate of its own was counted by that already."""
    here = services()
    if who.key is not None and who.key.rate is None and here.settings.intake_rate_key is not None:
        take_place(Window(here.settings.intake_rate_key, f"intake-key:{who.key.id}"))
    if who.actor.kind is ActorKind.ANONYMOUS:
        take_place(Window(here.settings.intake_rate_anonymous, f"intake:{limited_address()}"))
