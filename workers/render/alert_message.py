"""What an alert says: each kind leads to the module that writes it."""

import html
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.alerts.kinds import kind_of
from complaints.alerts.queue.job import Job
from complaints.words import PRIORITY, Severity
from workers.render.base.message import Message, fit, safe
from workers.render.base.render_context import RenderContext
from workers.render.complaint_message import NAME_UNITS, complaint_message
from workers.render.digest_message import digest_message
from workers.render.preferences.settings_message import panel_message

MISSED_SHOWN = 50
WITHDRAWN = "<b>{reference}</b> has moved to a site that you don't see."


def render(job: Job, *, public_url: str, now: datetime) -> Message:
    """Return what the job's alert says now."""
    silent = job.preferences.silent_low and job.priority == PRIORITY[Severity.LOW]
    return replace(
        _write(job, RenderContext(public_url, ZoneInfo(job.preferences.time_zone), now)), silent=silent
    )


def _write(job: Job, context: RenderContext) -> Message:
    if job.missed:
        return fit(_missed(job.missed, context.public_url), plain=job.plain)
    if job.summary is not None:
        return digest_message(job.summary, context, plain=job.plain)
    if job.panel is not None:
        return panel_message(job.panel, job.text, job.preferences, context, plain=job.plain)
    if job.complaint is None or job.status_origin is None:
        return fit(job.text or "", plain=job.plain)
    if job.withdrawn:
        return fit(WITHDRAWN.format(reference=job.complaint.reference), plain=job.plain)
    return complaint_message(
        job.complaint,
        job.status_origin,
        heading=_heading(job),
        context=context,
        picture_count=job.picture_count,
        plain=job.plain,
    )


def _heading(job: Job) -> str:
    """Return the heading; a kind's words have nothing to escape."""
    kind = kind_of(job.kind)
    heading = kind.heading or kind.label
    if kind.heading_elsewhere is not None and job.owner is not None:
        heading = kind.heading_elsewhere
    if kind.names_actor and job.actor:
        heading = f"{heading} by {safe(job.actor, NAME_UNITS)}"
    if job.owner is not None:
        heading = f"{heading} (for {safe(job.owner.name, NAME_UNITS)})"
    if job.repeat and job.complaint is not None:
        heading = f"Possible repeat of {job.complaint.reference}: {heading}"
    return heading


def _missed(references: tuple[str, ...], public_url: str) -> str:
    shown = "\n".join(f"• {reference}" for reference in references[:MISSED_SHOWN])
    more = len(references) - MISSED_SHOWN
    rest = f"\n… and {more} more" if more > 0 else ""
    return (
        "⚠️ <b>Possibly missed</b>\nTelegram's answer was lost, so these alerts may not have reached this chat:\n"
        f"{shown}{rest}\n{html.escape(public_url, quote=False)}"
    )
