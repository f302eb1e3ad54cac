"""What operators and programs do to a complaint: change its status, assign it, write under it."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import g
from sqlalchemy.orm import Session

from complaints.clock import utcnow
from complaints.errors import Invalid, NotFound, StaleVersion
from complaints.forms.complaint_forms import NewComment, StatusChange
from complaints.forms.fields import Form
from complaints.models import Comment, Complaint, Operator
from complaints.queries.finding import find, find_locked
from complaints.verbs import assign, change_status, comment
from web.api.complaints.complaint_views import alone, answer, check_if_match
from web.api.shapes import CommentShape, OneComplaintShape, comment_on_wire
from web.http.app_services import services
from web.http.declared_headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    REPLAYED,
    answers,
    as_headers,
    read_header,
    repeatable,
    takes,
)
from web.http.permissions import acts, caller, operator
from web.idempotency.attempt import attempt_of
from web.idempotency.created_once import create_once

blueprint = APIBlueprint("actions", __name__, tag="Complaints")


class Assignment(Form):
    """Who is to work on it: an operator's id, or `me`, which no program is."""

    operator_id: UUID | Literal["me"]


@blueprint.post("/complaints/<name>/status")
@acts("complaints:write")
@takes(IF_MATCH)
@answers(ETAG)
@blueprint.input(StatusChange, arg_name="form")
@blueprint.output(OneComplaintShape)
@blueprint.doc(summary="Change the status", responses=[409, 412])
def post_status(name: str, form: StatusChange) -> Any:
    """Change the status along the transition table; 409 names what is `allowed`."""

    def change(session: Session, complaint: Complaint) -> Any:
        check_if_match(session, complaint)
        _check_original(session, form)
        return answer(
            session,
            change_status(
                session,
                complaint,
                status=form.status,
                reason=form.reason,
                duplicate_of=form.duplicate_of,
                **who_and_when(),
            ),
        )

    return _act(name, change)


@blueprint.put("/complaints/<name>/assignee")
@acts("complaints:write")
@takes(IF_MATCH)
@answers(ETAG)
@blueprint.input(Assignment, arg_name="form")
@blueprint.output(OneComplaintShape)
@blueprint.doc(summary="Assign", responses=[412])
def put_assignee(name: str, form: Assignment) -> Any:
    """Assign to an operator. `me` without `If-Match` succeeds only if nobody else has it, else 412."""

    def change(session: Session, complaint: Complaint) -> Any:
        check_if_match(session, complaint)
        assignee = find_assignee(session, form.operator_id)
        if form.operator_id == "me" and read_header(IF_MATCH) is None:
            refuse_taking(session, complaint)
        return answer(session, assign(session, complaint, assignee=assignee, **who_and_when()))

    return _act(name, change)


@blueprint.delete("/complaints/<name>/assignee")
@acts("complaints:write")
@takes(IF_MATCH)
@answers(ETAG)
@blueprint.output(OneComplaintShape)
@blueprint.doc(summary="Take back from who has it", responses=[412])
def delete_assignee(name: str) -> Any:
    """Leave the complaint to nobody."""

    def change(session: Session, complaint: Complaint) -> Any:
        check_if_match(session, complaint)
        return answer(session, assign(session, complaint, assignee=None, **who_and_when()))

    return _act(name, change)


@blueprint.post("/complaints/<name>/comments")
@acts("comments:write")
@repeatable
@blueprint.input(NewComment, arg_name="form")
@blueprint.output(CommentShape, 201)
@blueprint.doc(summary="Write a comment")
def post_comment(name: str, form: NewComment) -> Any:
    """Write under the complaint; an `internal` comment never leaves the operators: no program reads it again.

    Send `Idempotency-Key` so that a retry is harmless.
    """

    def change(session: Session, complaint: Complaint) -> Any:
        remark, replayed = _comment_once(session, complaint, form)
        return comment_on_wire(remark), 201, as_headers({REPLAYED: "true"} if replayed else {})

    return _act(name, change)


def _comment_once(session: Session, complaint: Complaint, form: NewComment) -> tuple[Comment, bool]:
    def add() -> Comment:
        return comment(session, complaint, form, **who_and_when())

    key = read_header(IDEMPOTENCY_KEY)
    if key is None:
        return add(), False
    attempt = attempt_of(key, {"complaint": str(complaint.id), **form.model_dump(mode="json")}, caller())
    return create_once(session, attempt, Comment, add, now=utcnow())


def _act(name: str, change: Callable[[Session, Complaint], Any]) -> Any:
    """Do it to the locked complaint in one transaction, then poke."""
    with services().database.write() as session:
        body = change(session, find_locked(session, name, **caller().sight))
    services().poker.poke_sequencer(g.request_id)
    return body


def who_and_when() -> dict[str, Any]:
    """Return what every verb wants to know of the request."""
    return {"actor": caller().actor, "now": utcnow(), "request_id": g.request_id}


def refuse_taking(session: Session, complaint: Complaint) -> None:
    """Raise `StaleVersion` where somebody else has it: who takes it from them names the version."""
    if complaint.assignee_id not in (None, operator().id):
        name = complaint.assignee.name if complaint.assignee else "Somebody"
        raise StaleVersion(f"{name} has it already.", alone(session, complaint).on_wire())


def _check_original(session: Session, form: StatusChange) -> None:
    """Refuse a `duplicate_of` that the caller may not see as one that isn't there."""
    if form.duplicate_of is None:
        return
    try:
        find(session, str(form.duplicate_of), **caller().sight)
    except NotFound:
        raise Invalid("There is no other complaint with this id.", "/duplicate_of") from None


def find_assignee(session: Session, operator_id: UUID | Literal["me"]) -> Operator:
    """Return the operator to assign; raises `Invalid`, also where a program asks for itself."""
    if operator_id == "me" and caller().operator is None:
        raise Invalid("A program is nobody to assign to: name an operator by id.", "/operator_id")
    wanted = operator().id if operator_id == "me" else operator_id
    found = session.get(Operator, wanted)
    if found is None:
        raise Invalid("There is no such operator.", "/operator_id")
    return found
