"""Muting: a chat that is quiet for a while, or until somebody lets it speak again."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.alerts import kinds
from complaints.alerts.changes import change_state
from complaints.alerts.chats import MUTED
from complaints.alerts.linking import wake_up
from complaints.alerts.notices import owe_notice
from complaints.alerts.overview import count_fitting
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Alert, Chat, Operator

LONGEST = timedelta(days=30)
WAKES_AT_ONCE = 100
AWAKE = "The mute is over: alerts arrive here again."
WAITING = " Open complaints that fit this chat's settings: <b>{count}</b>. /open lists them."


def mute(session: Session, chat: Chat, *, until: datetime | None, now: datetime) -> int:
    """Let the chat receive no alerts until then (None: until it is unmuted); return how many were skipped.

    Answers to what people say in the chat still arrive, and sent messages still follow their complaints.
    """
    chat.state = MUTED
    chat.state_reason = None
    chat.muted_until = until
    chat.updated_at = now
    session.flush()
    waiting = update(Alert).where(
        Alert.chat_id == chat.id, Alert.state == "pending", Alert.kind.not_in(kinds.answering())
    )
    return change_state(session, waiting.values(reason="the chat was muted", next_attempt_at=None), "skipped")


def unmute(session: Session, chat: Chat, *, now: datetime) -> None:
    """Let the muted chat receive alerts again."""
    wake_up(session, chat, now=now)


def wake_muted_once(db: Database) -> int:
    """Unmute chats whose time is over and tell each what is open, a bounded number; return how many.

    A chat that somebody else is changing right now is left for the next time.
    """
    now = utcnow()
    with db.write() as session:
        due = select(Chat).join(Operator, Operator.id == Chat.operator_id)
        due = due.where(Chat.state == MUTED, Chat.muted_until <= now, Operator.active)
        locked = due.limit(WAKES_AT_ONCE).with_for_update(of=Chat, skip_locked=True, key_share=True)
        chats = session.scalars(locked).all()
        for chat in chats:
            _wake(session, chat, now)
    return len(chats)


def _wake(session: Session, chat: Chat, now: datetime) -> None:
    key = f"awake:{now.isoformat()}"
    unmute(session, chat, now=now)
    count = count_fitting(session, chat, now=now)
    owe_notice(session, chat, key=key, text=AWAKE + (WAITING.format(count=count) if count else ""), now=now)
