"""Writing an event, in the transaction that made it happen.

Its `data` is the complaint as it was after the change, without its reporter. The text of an internal comment is in
neither `data` nor `changes`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.events.event_types import Actor, Changes, EventType
from complaints.events.snapshot import Snapshot
from complaints.models import Complaint, Event


def append_event(
    session: Session,
    complaint: Complaint,
    event_type: EventType,
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
        data=Snapshot.of(complaint).on_wire(),
        changes=changes,
        request_id=request_id,
        occurred_at=now,
    )
    session.add(event)
    session.flush()
    return event
