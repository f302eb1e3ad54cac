"""Live messages: every message about a complaint follows it, newest state only.

A message is outdated from `edit_due_at` on; who holds the chat's lease then edits it to whatever the complaint is
at that moment. So many changes in a row are one edit, and none is lost: a change that comes while an edit is on its
way makes the message outdated anew.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from complaints.alert_words import ChatState
from complaints.alerts import kinds
from complaints.models import Alert, Chat, Complaint

DEBOUNCE = timedelta(seconds=1)
FOLLOWED = (ChatState.ACTIVE, ChatState.MUTED)


def mark_outdated(session: Session, complaint_id: UUID, version: int, *, now: datetime) -> int:
    """Let every message that shows an older version of the complaint be edited soon; return how many."""
    chats = select(Chat.id).where(Chat.state.in_(FOLLOWED))
    query = update(Alert).where(
        Alert.complaint_id == complaint_id,
        Alert.kind.not_in(kinds.staying()),
        Alert.message_id.is_not(None),
        Alert.edit_due_at.is_(None),
        Alert.shown_version < version,
        Alert.chat_id.in_(chats),
    )
    return _count(session, query.values(edit_due_at=now + DEBOUNCE).returning(Alert.id))


def mark_chat_outdated(session: Session, chat: Chat, *, now: datetime) -> int:
    """Let a chat that can be reached again catch up: its messages followed nothing meanwhile."""
    newer = select(Complaint.id).where(
        Complaint.id == Alert.complaint_id, Complaint.version > Alert.shown_version
    )
    query = update(Alert).where(
        Alert.chat_id == chat.id,
        Alert.kind.not_in(kinds.staying()),
        Alert.message_id.is_not(None),
        newer.exists(),
    )
    return _count(session, query.values(edit_due_at=now).returning(Alert.id))


def is_outdated(session: Session, alert: Alert) -> bool:
    """Say whether the complaint is newer than what the alert's message shows."""
    if alert.kind in kinds.staying():
        return False
    query = select(Complaint.version).where(Complaint.id == alert.complaint_id)
    return (session.scalar(query) or 0) > (alert.shown_version or 0)


def is_outdated_unnoticed(session: Session, alert_id: UUID) -> bool:
    """Say whether the alert's message shows an older version of its complaint, and no edit is due."""
    return session.scalar(_unnoticed(alert_id)) is not None


def mark_unnoticed(session: Session, alert_id: UUID, *, now: datetime) -> None:
    """Let the alert's message be edited, if that is what nobody has noticed."""
    query = update(Alert).where(Alert.id.in_(_unnoticed(alert_id)), Alert.edit_due_at.is_(None))
    session.execute(query.values(edit_due_at=now + DEBOUNCE))


def _count(session: Session, query: ReturningUpdate[tuple[UUID]]) -> int:
    return len(session.scalars(query).all())


def _unnoticed(alert_id: UUID) -> Select[UUID]:
    query = select(Alert.id).join(Complaint, Complaint.id == Alert.complaint_id)
    return query.where(
        Alert.id == alert_id,
        Alert.message_id.is_not(None),
        Alert.edit_due_at.is_(None),
        Alert.shown_version < Complaint.version,
    )
