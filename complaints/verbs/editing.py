"""Correcting what a complaint says about itself."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from complaints.clock import to_wire
from complaints.errors import Invalid
from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint
from complaints.queries.known_words import spelt_category, spelt_site
from complaints.verbs.deadlines import set_deadline, usual_deadline
from complaints.verbs.searchable import make_searchable

DUE = frozenset({"ack_due_at", "resolve_due_at"})
DEADLINE_BY = frozenset({"severity", "category", "ack_due_at"})
NEVER_TOLD = frozenset({"reporter"})
LONGEST = timedelta(days=366)


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

    `fields` comes checked from `ComplaintPatch`, a reporter as stored. Raises `Invalid` for an unknown category or
    site, and for a time by which nothing can be due.
    """
    _check_due(complaint, fields, now)
    spelt = fields | _spelt(session, complaint, fields)
    if "ack_due_at" in spelt and spelt["ack_due_at"] is None:
        spelt["ack_due_at"] = usual_deadline(
            session,
            complaint,
            category=spelt.get("category", complaint.category),
            severity=spelt.get("severity", complaint.severity),
        )
    changed = {name: value for name, value in spelt.items() if getattr(complaint, name) != value}
    if not changed:
        return complaint
    before = {name: getattr(complaint, name) for name in changed}
    for name, value in changed.items():
        setattr(complaint, name, value)
    if complaint.acknowledged_at is None and DEADLINE_BY & changed.keys():
        set_deadline(session, complaint, ack_due_at=changed.get("ack_due_at"), now=now)
    changes: Changes = {name: [_told(name, old), _told(name, changed[name])] for name, old in before.items()}
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


def _check_due(complaint: Complaint, fields: dict[str, Any], now: datetime) -> None:
    for name in DUE & fields.keys():
        moment = fields[name]
        if moment is not None and not complaint.created_at < moment <= now + LONGEST:
            raise Invalid("Lies after the complaint came, and at most a year ahead.", f"/{name}")


def _told(name: str, value: Any) -> Any:
    """Return the value as JSON; of a reporter an event says that it changed, and no more."""
    if name in NEVER_TOLD:
        return None
    return to_wire(value) if isinstance(value, datetime) else value


def _spelt(session: Session, complaint: Complaint, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the category and the site as they are spelt, where they are to change; what stays is not looked at."""
    return {
        name: spell(session, fields[name])
        for name, spell in (("category", spelt_category), ("site", spelt_site))
        if name in fields and fields[name] != getattr(complaint, name)
    }
