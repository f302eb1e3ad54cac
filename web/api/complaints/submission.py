"""POST /complaints: the door that must never be shut."""

from typing import Any

from apiflask import APIBlueprint
from flask import g, request
from sqlalchemy.orm import Session

from complaints.accounts.rights import require_site
from complaints.clock import utcnow
from complaints.errors import Invalid
from complaints.events.event_types import ActorKind
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Complaint
from complaints.verbs import submit
from web.api.complaints.complaint_views import answer
from web.api.shapes import ComplaintShape
from web.http.app_services import services
from web.http.declared_headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    LOCATION,
    REPLAYED,
    answers,
    as_headers,
    read_header,
    takes,
)
from web.http.idempotency import Attempt, fingerprint, once
from web.http.permissions import Caller, caller, submits

blueprint = APIBlueprint("intake", __name__, tag="Complaints")
KEY_MAXIMUM = 200


@blueprint.post("/complaints")
@submits
@takes(IDEMPOTENCY_KEY)
@answers(ETAG, LOCATION, REPLAYED)
@blueprint.input(NewComplaint, arg_name="form")
@blueprint.output(ComplaintShape, 201)
@blueprint.doc(summary="Submit a complaint", responses=[409, 429])
def submit_complaint(form: NewComplaint) -> Any:
    """Store the complaint and answer; admins are told behind this.

    Send `Idempotency-Key` so that a retry is harmless: the same key and body give the same complaint again, with
    `Idempotency-Replayed: true`.
    """
    here, who = services(), caller()
    _throttle(who)
    require_site(who.sites, form.site)
    with here.database.write() as session:
        complaint, replayed = _submit(session, form, who)
        body, _, etag = answer(complaint)
    if not replayed:
        here.poker.poke_sequencer(g.request_id)
    headers = {LOCATION: f"/api/v1/complaints/{body.id}", **({REPLAYED: "true"} if replayed else {})}
    return body, 201, {**as_headers(headers), **etag}


def _submit(session: Session, form: NewComplaint, who: Caller) -> tuple[Complaint, bool]:
    now = utcnow()

    def add() -> Complaint:
        return submit(
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
    return once(services().database, session, _attempt(key, form, who), add, now=now)


def _attempt(key: str, form: NewComplaint, who: Caller) -> Attempt:
    if not key.strip() or len(key) > KEY_MAXIMUM or "\x00" in key:
        raise Invalid(f"Idempotency-Key wants 1 to {KEY_MAXIMUM} characters.")
    mark = fingerprint(form.model_dump_json())
    if who.actor.id is not None:
        return Attempt(f"{who.actor.kind}:{who.actor.id}", key, mark)
    return Attempt(f"anonymous:{request.remote_addr}:{mark[:40]}", key, mark)


def _throttle(who: Caller) -> None:
    here = services()
    if who.key is not None and here.settings.intake_rate_key is not None:
        here.throttle.count(here.settings.intake_rate_key, "intake-key", str(who.key.id))
    if who.actor.kind is ActorKind.ANONYMOUS:
        here.throttle.count(here.settings.intake_rate_anonymous, "intake", request.remote_addr or "")
