"""What becomes of a chat: it moves, or leaves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.alerts.changes import change_state
from complaints.alerts.ending import REASON_LENGTH
from complaints.models import Alert, Chat

ACTIVE = "active"
MUTED = "muted"
UNREACHABLE = "unreachable"
LEFT = "left"
UNLINKED = "unlinked on the dashboard"


def find_chat(session: Session, telegram_id: int, thread_id: int = 0) -> Chat | None:
    """Return the chat with Telegram's id."""
    return session.scalar(select(Chat).where(Chat.telegram_id == telegram_id, Chat.thread_id == thread_id))


def is_linked(chat: Chat) -> bool:
    """Say whether the chat still belongs to its operator; else only a new token links it again."""
    return not (chat.state == LEFT and chat.state_reason == UNLINKED)


def unlink(session: Session, chat: Chat, *, now: datetime) -> int:
    """Take the chat from its operator; alerts that it was owed are skipped. Return how many."""
    return leave(session, chat, UNLINKED, now=now)


def leave(session: Session, chat: Chat, reason: str, *, now: datetime) -> int:
    """Record that the chat wants no more alerts; those that it was owed are skipped. Return how many."""
    chat.state = LEFT
    chat.state_reason = reason
    chat.updated_at = now
    return settle_pending(session, chat, "skipped", reason)


def move(session: Session, chat: Chat, telegram_id: int, *, now: datetime) -> None:
    """Give the chat its new id at Telegram; harmless where it has it, for the news comes more than once.

    Where another row has the id, this one leaves in favour of that one. Messages stay behind in the old chat: the
    new one counts its own from 1, and what is sent there must not be taken for them.
    """
    if chat.telegram_id == telegram_id:
        return
    if find_chat(session, telegram_id, chat.thread_id) is not None:
        if is_linked(chat):
            leave(session, chat, "this group moved to a chat that is linked already", now=now)
        return
    chat.telegram_id = telegram_id
    chat.type = "supergroup"
    chat.updated_at = now
    session.flush()
    left_behind = update(Alert).where(Alert.chat_id == chat.id, Alert.message_id.is_not(None))
    session.execute(left_behind.values(message_id=None, edit_due_at=None))


def settle_pending(
    session: Session, chat: Chat, state: str, reason: str, *, kinds: Sequence[str] | None = None
) -> int:
    """Settle what the chat was owed (of these kinds), and let its messages stay as they are; return how much."""
    edits = update(Alert).where(Alert.chat_id == chat.id, Alert.edit_due_at.is_not(None))
    session.execute(edits.values(edit_due_at=None))
    query = update(Alert).where(Alert.chat_id == chat.id, Alert.state == "pending")
    if kinds is not None:
        query = query.where(Alert.kind.in_(kinds))
    return change_state(session, query.values(reason=reason[:REASON_LENGTH], next_attempt_at=None), state)
