"""How a complaint came to its status, for the messages that show it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.events.event_types import EventType
from complaints.models import Event


@dataclass(frozen=True, slots=True)
class StatusOrigin:
    """Who brought a complaint to its present status, and when."""

    actor: str | None = None
    since: datetime | None = None


def status_origin_of(session: Session, complaint_id: UUID) -> StatusOrigin:
    """Return what the complaint's last event about its status says; empty where there is none."""
    query = select(Event.actor_name, Event.occurred_at).where(
        Event.complaint_id == complaint_id, Event.type.in_((EventType.NEW_COMPLAINT, EventType.STATUS_UPDATE))
    )
    last = session.execute(query.order_by(Event.n.desc()).limit(1)).first()
    return StatusOrigin() if last is None else StatusOrigin(last.actor_name, last.occurred_at)
