"""Writing a remark under a complaint."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.events.append import append_event
from complaints.events.event_types import Actor, EventType
from complaints.forms.complaint_forms import NewComment
from complaints.ids import new_id
from complaints.models import Comment, Complaint


def comment(
    session: Session,
    complaint: Complaint,
    form: NewComment,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> Comment:
    """Add the remark to the locked complaint and append `comment_added`.

    The complaint itself doesn't change, nor does its version. The event says who wrote and for whom, and the
    text only of a public remark.
    """
    remark = Comment(
        id=new_id(),
        complaint_id=complaint.id,
        author_kind=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        text=form.text,
        visibility=form.visibility,
        created_at=now,
    )
    session.add(remark)
    shown = {"id": str(remark.id), "visibility": form.visibility}
    if form.visibility == "public":
        shown["text"] = form.text
    append_event(
        session,
        complaint,
        EventType.COMMENT_ADDED,
        actor=actor,
        changes={"comment": [None, shown]},
        now=now,
        request_id=request_id,
    )
    return remark
