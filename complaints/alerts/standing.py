"""How a complaint stands now, for the messages that show it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.events import NEW_COMPLAINT, STATUS_UPDATE
from complaints.models import Alert, Chat, Complaint, Event


@dataclass(frozen=True, slots=True)
class Standing:
    """A complaint, who brought it to its status, and the kind of alert that the message was sent for."""

    complaint: Complaint
    actor: str | None
    kind: str


def standing_for_message(
    session: Session, complaint_id: UUID, *, telegram_id: int, message_id: int
) -> Standing | None:
    """Return what a sent message about the complaint should show now.

    None where there is no such complaint, or where the message is about another one: a press can be forged. A
    message that we don't know may be one whose answer was lost.
    """
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        return None
    query = select(Alert.kind, Alert.complaint_id).join(Chat, Chat.id == Alert.chat_id)
    known = session.execute(
        query.where(Chat.telegram_id == telegram_id, Alert.message_id == message_id)
    ).first()
    if known is not None and known.complaint_id != complaint_id:
        return None
    kind = "status" if known is None else known.kind
    return Standing(complaint, who_changed_status(session, complaint_id), kind)


def record_shown(session: Session, complaint: Complaint, *, telegram_id: int, message_id: int) -> None:
    """Record that the message shows this version of the complaint."""
    chats = select(Chat.id).where(Chat.telegram_id == telegram_id)
    query = update(Alert).where(
        Alert.message_id == message_id,
        Alert.chat_id.in_(chats),
        Alert.complaint_id == complaint.id,
        Alert.shown_version < complaint.version,
    )
    session.execute(query.values(shown_version=complaint.version))


def who_changed_status(session: Session, complaint_id: UUID) -> str | None:
    """Return the name of who brought the complaint to its present status."""
    query = select(Event.actor_name).where(
        Event.complaint_id == complaint_id, Event.type.in_((NEW_COMPLAINT, STATUS_UPDATE))
    )
    return session.scalar(query.order_by(Event.n.desc()).limit(1))
