"""Muting: a chat that is quiet for a while, or until somebody lets it speak again."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, ChatState, NoticeSort, Reason, ReasonCode
from complaints.alerts import kinds
from complaints.alerts.messages.notices import owe_notice
from complaints.alerts.state.alert_state import end_all
from complaints.chats.linking import wake_up
from complaints.chats.open_complaints import count_fitting
from complaints.db import Database
from complaints.models import Alert, Chat, Operator
from complaints.moments import is_over, void_after

THE_CHAT_WAS_MUTED = Reason("the chat was muted", ReasonCode.CHAT_MUTED)
LONGEST = timedelta(days=30)
WAKES_AT_ONCE = 100
AWAKE = "The mute is over: alerts arrive here again."
WAITING = " Open complaints that fit this chat's settings: <b>{count}</b>. /open lists them."


def mute(session: Session, chat: Chat, *, until: datetime | None, now: datetime) -> int:
    """Let the chat receive no alerts until then (None: until it is unmuted); return how many were skipped.

    Answers to what people say in the chat still arrive, and sent messages still follow their complaints.
    """
    chat.state = ChatState.MUTED
    chat.state_reason, chat.state_code = None, None
    chat.muted_until = until
    chat.updated_at = now
    session.flush()
    waiting = update(Alert).where(
        Alert.chat_id == chat.id, Alert.state == AlertState.PENDING, Alert.kind.not_in(kinds.answering())
    )
    return end_all(session, waiting, AlertState.SKIPPED, THE_CHAT_WAS_MUTED)


def unmute(session: Session, chat: Chat, *, now: datetime) -> None:
    """Let the muted chat receive alerts again."""
    wake_up(session, chat, now=now)


def wake_muted_once(db: Database) -> int:
    """Unmute chats whose time is over and tell each what is open, a bounded number; return how many.

    A chat that somebody else is changing right now is left for the next time.
    """
    now = db.now()
    with db.write() as session:
        due = select(Chat).join(Operator, Operator.id == Chat.operator_id)
        is_awake = is_over(Chat.muted_until, now, void_after(now, LONGEST))
        due = due.where(Chat.state == ChatState.MUTED, is_awake, Operator.active)
        locked = due.limit(WAKES_AT_ONCE).with_for_update(of=Chat, skip_locked=True, key_share=True)
        chats = session.scalars(locked).all()
        for chat in chats:
            _wake(session, chat, now)
    return len(chats)


def _wake(session: Session, chat: Chat, now: datetime) -> None:
    unmute(session, chat, now=now)
    count = count_fitting(session, chat, now=now)
    owe_notice(
        session,
        chat,
        NoticeSort.AWAKE,
        now.isoformat(),
        text=AWAKE + (WAITING.format(count=count) if count else ""),
        now=now,
    )
