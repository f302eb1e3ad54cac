"""What an alert says: Telegram's HTML, everything escaped, cut before it is marked up, and its buttons."""

import html
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from complaints.alerts.jobs import Job
from complaints.models import Complaint
from complaints.words import CLOSED, Severity, Status

MAX_UNITS = 4096
SUBJECT_UNITS = 200
DESCRIPTION_UNITS = 700
NAME_UNITS = 100
PLAIN_UNITS = 3000
MISSED_SHOWN = 50
ELLIPSIS = "…"

SIGNS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "⚪"}
HEADINGS = {
    "new": "New complaint",
    "assignment": "Assigned to you",
    "status": "New status",
    "reminder": "Still not acknowledged",
    "escalation": "Escalated: nobody has acknowledged it",
}
ACTOR_CHANGED_STATUS = ("new", "status")
ACKNOWLEDGE, TAKE, RESOLVE = "ack", "take", "resolve"
LABELS = {ACKNOWLEDGE: "Acknowledge", TAKE: "Assign to me", RESOLVE: "Resolve"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: either an action of ours (at most 64 bytes) or an address."""

    label: str
    action: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A text (HTML unless `plain`) of at most 4096 UTF-16 units, and rows of buttons under it."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    plain: bool = False


def render(job: Job, *, public_url: str, now: datetime) -> Message:
    """Return what the job's alert says now."""
    if job.missed:
        return _fit(_missed(job.missed, public_url), plain=job.plain)
    if job.complaint is None:
        return _fit(job.text or "", plain=job.plain)
    heading = HEADINGS.get(job.kind, "Complaint")
    if job.kind == "assignment" and job.actor:
        heading = f"{heading} by {_cut(job.actor, NAME_UNITS)}"
    if job.repeat:
        heading = f"Possible repeat of {job.complaint.reference}: {heading}"
    actor = job.actor if job.kind in ACTOR_CHANGED_STATUS else None
    return complaint_message(
        job.complaint, heading=heading, actor=actor, public_url=public_url, now=now, plain=job.plain
    )


def complaint_message(
    complaint: Complaint,
    *,
    heading: str,
    actor: str | None,
    public_url: str,
    now: datetime,
    plain: bool = False,
) -> Message:
    """Return the complaint as it stands, under a heading, with the buttons that fit its state.

    `actor` is who brought it to its present status, where that is known.
    """
    url = f"{public_url}/complaints/{complaint.reference}"
    linkable = is_linkable(url)
    sign = SIGNS[Severity(complaint.severity)]
    lines = [
        f"{sign} <b>{_safe(heading, SUBJECT_UNITS)}</b>",
        f"<b>{complaint.reference}</b> · {complaint.severity} · {_safe(complaint.category, NAME_UNITS)}"
        + (f" · {_safe(complaint.site, NAME_UNITS)}" if complaint.site else ""),
        f"{_state(complaint, actor)} · {age(now - complaint.created_at)} old",
    ]
    if complaint.subject:
        lines += ["", f"<b>{_safe(complaint.subject, SUBJECT_UNITS)}</b>"]
    lines += ["", _safe(complaint.description, DESCRIPTION_UNITS)]
    if not linkable:
        lines += ["", html.escape(url, quote=False)]
    return _fit("\n".join(lines), rows=_buttons(complaint, url if linkable else None), plain=plain)


def age(passed: timedelta) -> str:
    """Return a span of time in its largest whole unit: `4 min`."""
    seconds = max(0, int(passed.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def is_linkable(url: str) -> bool:
    """Say whether Telegram takes the address in a button: it refuses local hosts."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local", ".internal"))


def action_data(action: str, complaint_id: UUID) -> str:
    """Return a button's `callback_data` (45 bytes at most)."""
    return f"{action}:{complaint_id}"


def _state(complaint: Complaint, actor: str | None) -> str:
    status = complaint.status.replace("_", " ").capitalize()
    if actor:
        status += f" by {_safe(actor, NAME_UNITS)}"
    if complaint.assignee is not None:
        status += f" · assigned to {_safe(complaint.assignee.name, NAME_UNITS)}"
    return status


def _buttons(complaint: Complaint, url: str | None) -> tuple[tuple[Button, ...], ...]:
    status = Status(complaint.status)
    actions = []
    if status is Status.REPORTED:
        actions.append(ACKNOWLEDGE)
    if status not in CLOSED:
        if complaint.assignee_id is None:
            actions.append(TAKE)
        actions.append(RESOLVE)
    row = tuple(Button(LABELS[action], action=action_data(action, complaint.id)) for action in actions)
    link = () if url is None else (Button("Open", url=url),)
    return tuple(buttons for buttons in (row, link) if buttons)


def _missed(references: tuple[str, ...], public_url: str) -> str:
    shown = "\n".join(f"• {reference}" for reference in references[:MISSED_SHOWN])
    more = len(references) - MISSED_SHOWN
    rest = f"\n… and {more} more" if more > 0 else ""
    return (
        "⚠️ <b>Possibly missed</b>\nTelegram's answer was lost, so these alerts may not have reached this chat:\n"
        f"{shown}{rest}\n{html.escape(public_url, quote=False)}"
    )


def _fit(text: str, *, rows: tuple[tuple[Button, ...], ...] = (), plain: bool = False) -> Message:
    if plain:
        bare = html.unescape(text.replace("<b>", "").replace("</b>", ""))
        kept = tuple(tuple(button for button in row if button.url is None) for row in rows)
        return Message(_cut(bare, PLAIN_UNITS), tuple(row for row in kept if row), plain=True)
    return Message(text, rows)


def _safe(text: str, units: int) -> str:
    return html.escape(_cut(text.replace("\0", ""), units), quote=False)


def _cut(text: str, units: int) -> str:
    """Shorten the text to so many UTF-16 code units, which is how Telegram counts."""
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * units:
        return text
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore").rstrip() + ELLIPSIS
