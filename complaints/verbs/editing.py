"""Correcting what a complaint says about itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint
from complaints.queries.known_words import check_category, check_site
from complaints.verbs.deadlines import set_deadline


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
    changes: Changes = {
        name: [getattr(complaint, name), value]
        for name, value in fields.items()
        if getattr(complaint, name) != value
    }
    if not changes:
        return complaint
    if "category" in changes:
        check_category(session, fields["category"])
    if "site" in changes:
        check_site(session, fields["site"])
    for name in changes:
        setattr(complaint, name, fields[name])
    if complaint.acknowledged_at is None and {"severity", "category"} & changes.keys():
        set_deadline(session, complaint, now=now)
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
