"""What becomes of a chat: it moves, or leaves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, ChatReason, ChatState, Reason, ReasonCode
from complaints.alerts.state.alert_state import end_all
from complaints.models import Alert, Chat

LEAVINGS: dict[ChatReason, Reason] = {
    ChatReason.STOPPED: Reason("stopped by /stop", ReasonCode.CHAT_STOPPED),
    ChatReason.UNLINKED: Reason("unlinked on the dashboard", ReasonCode.CHAT_UNLINKED),
    ChatReason.MOVED: Reason("this group moved to a chat that is linked already", ReasonCode.CHAT_MOVED),
}
"""Why a chat leaves, and what is then said of the alerts that it was owed."""


def find_chat(session: Session, telegram_id: int, thread_id: int = 0) -> Chat | None:
    """Return the chat with Telegram's id."""
    return session.scalar(select(Chat).where(Chat.telegram_id == telegram_id, Chat.thread_id == thread_id))


def is_linked(chat: Chat) -> bool:
    """Say whether the chat still belongs to its operator; else only a new token links it again."""
    return not (chat.state == ChatState.LEFT and chat.state_code == ChatReason.UNLINKED)


def linked() -> ColumnElement[bool]:
    """Return the condition that a chat `is_linked`."""
    return or_(Chat.state != ChatState.LEFT, Chat.state_code.is_distinct_from(ChatReason.UNLINKED))


def unlink(session: Session, chat: Chat, *, now: datetime) -> int:
    """Take the chat from its operator; alerts that it was owed are skipped. Return how many."""
    return leave(session, chat, ChatReason.UNLINKED, now=now)


def leave(session: Session, chat: Chat, why: ChatReason, *, now: datetime) -> int:
    """Record that the chat wants no more alerts; those that it was owed are skipped. Return how many."""
    reason = LEAVINGS[why]
    chat.state = ChatState.LEFT
    chat.state_reason, chat.state_code = reason.text, why
    chat.updated_at = now
    return settle_pending(session, chat, AlertState.SKIPPED, reason)


def move(session: Session, chat: Chat, telegram_id: int, *, now: datetime) -> None:
    """Give the chat its new id at Telegram; harmless where it has it, for the news comes more than once.

    Where another row has the id, this one leaves in favour of that one. Messages stay behind in the old chat: the
    new one counts its own from 1, and what is sent there must not be taken for them.
    """
    if chat.telegram_id == telegram_id:
        return
    if find_chat(session, telegram_id, chat.thread_id) is not None:
        if is_linked(chat):
            leave(session, chat, ChatReason.MOVED, now=now)
        return
    chat.telegram_id = telegram_id
    chat.type = "supergroup"
    chat.updated_at = now
    session.flush()
    left_behind = update(Alert).where(Alert.chat_id == chat.id, Alert.message_id.is_not(None))
    session.execute(left_behind.values(message_id=None, edit_due_at=None))


def settle_pending(
    session: Session, chat: Chat, state: AlertState, reason: Reason, *, kinds: Sequence[str] | None = None
) -> int:
    """Settle what the chat was owed (of these kinds), and let its messages stay as they are; return how much."""
    edits = update(Alert).where(Alert.chat_id == chat.id, Alert.edit_due_at.is_not(None))
    session.execute(edits.values(edit_due_at=None))
    query = update(Alert).where(Alert.chat_id == chat.id, Alert.state == AlertState.PENDING)
    if kinds is not None:
        query = query.where(Alert.kind.in_(kinds))
    return end_all(session, query, state, reason)
