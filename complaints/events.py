"""Events: what happened to one complaint, written in the transaction that made it happen.

An event's `data` is the complaint as it was after the change, without its reporter; `changes` maps each
changed field to `[before, after]`. The text of an internal comment is in neither.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.clock import to_wire
from complaints.models import Complaint, Event

NEW_COMPLAINT = "new_complaint"
STATUS_UPDATE = "status_update"
ASSIGNMENT_UPDATE = "assignment_update"
COMPLAINT_UPDATE = "complaint_update"
COMMENT_ADDED = "comment_added"
REMOVED = "removed"
SHOWN_WHEN_REMOVED = ("id", "reference", "version")

Changes = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `id` is null for `anonymous` and `system`."""

    kind: Literal["operator", "api_client", "anonymous", "system"]
    id: UUID | None
    name: str


SYSTEM = Actor("system", None, "Redress")
ANONYMOUS = Actor("anonymous", None, "Anonymous")


def append_event(
    session: Session,
    complaint: Complaint,
    event_type: str,
    *,
    actor: Actor,
    changes: Changes,
    now: datetime,
    request_id: str | None,
) -> Event:
    """Add the event to the session. The complaint's row must be new or locked by this transaction."""
    session.flush()
    event = Event(
        complaint_id=complaint.id,
        type=event_type,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        data=snapshot(complaint),
        changes=changes,
        request_id=request_id,
        occurred_at=now,
    )
    session.add(event)
    session.flush()
    return event


def snapshot(complaint: Complaint) -> dict[str, Any]:
    """Return the complaint as JSON values, without its reporter: what lists and events show."""
    assignee = complaint.assignee
    return {
        "id": str(complaint.id),
        "reference": complaint.reference,
        "subject": complaint.subject,
        "description": complaint.description,
        "category": complaint.category,
        "severity": complaint.severity,
        "site": complaint.site,
        "location": complaint.location,
        "source": complaint.source,
        "external_id": complaint.external_id,
        "extra": complaint.extra,
        "status": complaint.status,
        "assignee": None if assignee is None else {"id": str(assignee.id), "name": assignee.name},
        "duplicate_of": None if complaint.duplicate_of is None else str(complaint.duplicate_of),
        "version": complaint.version,
        "ack_due_at": to_wire(complaint.ack_due_at),
        "resolve_due_at": to_wire(complaint.resolve_due_at),
        "acknowledged_at": to_wire(complaint.acknowledged_at),
        "resolved_at": to_wire(complaint.resolved_at),
        "created_at": to_wire(complaint.created_at),
        "updated_at": to_wire(complaint.updated_at),
    }


def envelope(event: Event) -> dict[str, Any]:
    """Return the event as clients see it (DESIGN §7); `seq` is null until it is numbered."""
    return {
        "seq": event.seq,
        "name": event.type,
        "occurred_at": to_wire(event.occurred_at),
        "actor": {
            "kind": event.actor_kind,
            "id": None if event.actor_id is None else str(event.actor_id),
            "name": event.actor_name,
        },
        "data": event.data,
        "changes": event.changes,
    }


def as_removed(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of an event that moved its complaint out of somebody's sight: that, and no more."""
    data = {name: envelope["data"][name] for name in SHOWN_WHEN_REMOVED}
    return {**envelope, "name": REMOVED, "data": data, "changes": {}}


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
