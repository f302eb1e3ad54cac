"""What a message about one complaint says: how it stands now, and the buttons that fit that."""

import html
from uuid import UUID

from complaints.alerts.messages.status_origin import StatusOrigin
from complaints.models import Complaint
from complaints.words import CLOSED, Severity, Status
from workers.render.base.message import (
    Button,
    Message,
    Rows,
    age,
    fit,
    in_rows,
    is_linkable,
    moment,
    quoted,
    safe,
)
from workers.render.base.render_context import RenderContext

SUBJECT_UNITS = 200
DESCRIPTION_UNITS = 700
DESCRIPTION_LINES = 12
NAME_UNITS = 100

SIGNS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "⚪"}
ACKNOWLEDGE, TAKE, START, RESOLVE, REOPEN = "ack", "take", "start", "resolve", "reopen"
LABELS = {
    ACKNOWLEDGE: "Acknowledge",
    TAKE: "Assign to me",
    START: "Start",
    RESOLVE: "Resolve",
    REOPEN: "Reopen",
}
PHOTOS = "photos"
ABREAST = 2


def complaint_message(
    complaint: Complaint,
    status_origin: StatusOrigin,
    *,
    heading: str,
    context: RenderContext,
    picture_count: int = 0,
    plain: bool = False,
) -> Message:
    """Return the complaint as it stands, under a heading (HTML), with the buttons that fit its state."""
    url = f"{context.public_url}/complaints/{complaint.reference}"
    linkable = is_linkable(url)
    sign = SIGNS[Severity(complaint.severity)]
    lines = [
        f"{sign} <b>{heading}</b>",
        f"<b>{complaint.reference}</b> · {complaint.severity} · {safe(complaint.category, NAME_UNITS)}"
        + (f" · {safe(complaint.site, NAME_UNITS)}" if complaint.site else ""),
        f"{_state(complaint, status_origin, context)} · {age(context.now - complaint.created_at)} old",
    ]
    if complaint.subject:
        lines += ["", f"<b>{safe(complaint.subject, SUBJECT_UNITS)}</b>"]
    lines += ["", quoted(complaint.description, DESCRIPTION_UNITS, DESCRIPTION_LINES)]
    if not linkable:
        lines += ["", html.escape(url, quote=False)]
    return fit(
        "\n".join(lines), rows=_buttons(complaint, picture_count, url if linkable else None), plain=plain
    )


def action_data(action: str, complaint_id: UUID) -> str:
    """Return a button's `callback_data` (44 bytes at most)."""
    return f"{action}:{complaint_id}"


def _state(complaint: Complaint, status_origin: StatusOrigin, context: RenderContext) -> str:
    status = complaint.status.replace("_", " ").capitalize()
    if status_origin.actor:
        status += f" by {safe(status_origin.actor, NAME_UNITS)}"
    if status_origin.since:
        status += f", {moment(status_origin.since, context.zone, now=context.now)}"
    if complaint.assignee is not None:
        status += f" · assigned to {safe(complaint.assignee.name, NAME_UNITS)}"
    return status


def _buttons(complaint: Complaint, picture_count: int, url: str | None) -> Rows:
    actions = [Button(LABELS[word], action=action_data(word, complaint.id)) for word in _actions(complaint)]
    look = (
        [Button(f"Photos ({picture_count})", action=action_data(PHOTOS, complaint.id))]
        if picture_count
        else []
    )
    look += [] if url is None else [Button("Open", url=url)]
    return (*in_rows(actions, ABREAST), *in_rows(look, ABREAST))


def _actions(complaint: Complaint) -> list[str]:
    status = Status(complaint.status)
    if status in CLOSED:
        return [REOPEN]
    fitting = {
        ACKNOWLEDGE: status is Status.REPORTED,
        TAKE: complaint.assignee_id is None,
        START: status is not Status.IN_PROGRESS,
        RESOLVE: True,
    }
    return [word for word, fits in fitting.items() if fits]
