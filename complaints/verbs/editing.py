"""Correcting what a complaint says about itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint
from complaints.queries.known_words import spelt_category, spelt_site
from complaints.verbs.deadlines import set_deadline
from complaints.verbs.searchable import make_searchable


def edit(
    session: Session,
    complaint: Complaint,
    *,
    fields: dict[str, Any],
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> Complaint:
    """Set the named fields of the locked complaint and append `complaint_update`, unless nothing changes.

    `fields` comes checked from `ComplaintPatch`. Raises `Invalid` for an unknown category or site.
    """
    spelt = fields | _spelt(session, complaint, fields)
    changes: Changes = {
        name: [getattr(complaint, name), value]
        for name, value in spelt.items()
        if getattr(complaint, name) != value
    }
    if not changes:
        return complaint
    for name in changes:
        setattr(complaint, name, spelt[name])
    if complaint.acknowledged_at is None and {"severity", "category"} & changes.keys():
        set_deadline(session, complaint, now=now)
    make_searchable(session, complaint)
    complaint.version += 1
    complaint.updated_at = now
    append_event(
        session,
        complaint,
        EventType.COMPLAINT_UPDATE,
        actor=actor,
        changes=changes,
        now=now,
        request_id=request_id,
    )
    return complaint


def _spelt(session: Session, complaint: Complaint, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the category and the site as they are spelt, where they are to change; what stays is not looked at."""
    return {
        name: spell(session, fields[name])
        for name, spell in (("category", spelt_category), ("site", spelt_site))
        if name in fields and fields[name] != getattr(complaint, name)
    }
