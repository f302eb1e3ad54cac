"""One change to many complaints."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from complaints.errors import RedressError, TransitionRefused
from complaints.forms.fields import Form, Prose
from complaints.models import Complaint
from complaints.queries.finding import find_locked
from complaints.verbs import assign, change_status
from complaints.words import Status
from web.api.complaints.complaint_actions import find_assignee, refuse_taking, who_and_when
from web.api.shapes import Shape
from web.http.app_services import services
from web.http.permissions import acts, caller

blueprint = APIBlueprint("bulk", __name__, tag="Complaints")
IDS_MAXIMUM = 500


class BulkChange(Form):
    """What to do to each of the complaints: a status, an assignee (null: nobody), or both."""

    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=IDS_MAXIMUM)]
    status: Status | None = None
    operator_id: UUID | Literal["me"] | None = None
    reason: Prose | None = None

    @model_validator(mode="after")
    def _wants_a_change(self) -> Self:
        if self.status is None and not self.assigns:
            raise ValueError("Name a status, an operator_id, or both.")
        return self

    @property
    def assigns(self) -> bool:
        """Say whether the assignee is to change."""
        return "operator_id" in self.model_fields_set


class BulkError(Shape):
    """Why a complaint was left as it was; `allowed` are the statuses that it could have become."""

    code: str
    detail: str
    allowed: list[str] = Field(default_factory=list)


class BulkResult(Shape):
    """What became of one complaint."""

    id: UUID
    ok: bool
    error: BulkError | None = None


class BulkResults(Shape):
    """What became of each complaint, in the order asked."""

    results: list[BulkResult]


@blueprint.post("/complaints/bulk")
@acts("complaints:write")
@blueprint.input(BulkChange, arg_name="form")
@blueprint.output(BulkResults)
@blueprint.doc(summary="Change many complaints")
def post_bulk(form: BulkChange) -> Any:
    """Change each complaint by itself: one that can't be changed is told of and stops no other."""
    results = [_try(complaint_id, form) for complaint_id in dict.fromkeys(form.ids)]
    services().poker.poke_sequencer(g.request_id)
    return {"results": results}


def _try(complaint_id: UUID, form: BulkChange) -> dict[str, Any]:
    """Do it in a transaction of its own, so that no complaint is locked while another is changed."""
    try:
        with services().database.write() as session:
            _change(session, find_locked(session, str(complaint_id), **caller().sight), form)
    except RedressError as error:
        allowed = list(error.allowed) if isinstance(error, TransitionRefused) else []
        reason = {"code": error.code, "detail": error.detail, "allowed": allowed}
        return {"id": complaint_id, "ok": False, "error": reason}
    return {"id": complaint_id, "ok": True}


def _change(session: Session, complaint: Complaint, form: BulkChange) -> None:
    if form.status is not None:
        change_status(session, complaint, status=form.status, reason=form.reason, **who_and_when())
    if form.assigns:
        wanted = form.operator_id
        assignee = None if wanted is None else find_assignee(session, wanted)
        if wanted == "me":
            refuse_taking(session, complaint)
        assign(session, complaint, assignee=assignee, **who_and_when())
