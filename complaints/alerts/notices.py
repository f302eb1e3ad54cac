"""Notices: messages about no single complaint, owed to a chat like any other alert."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.alerts.kinds import KINDS, AlertKind
from complaints.db import insert_ignoring
from complaints.ids import new_id
from complaints.models import Alert, Chat
from complaints.words import Severity

TEST_TEXT = "This is a test: alerts reach this chat."


def owe_notice(
    session: Session,
    chat: Chat,
    *,
    key: str,
    text: str | None,
    now: datetime,
    due: datetime | None = None,
    request_id: str | None = None,
) -> Alert:
    """Add a notice with this text (Telegram's HTML), due now or later. `key` must be new to the chat."""
    return _owe(session, chat, AlertKind.NOTICE, key=key, text=text, now=now, due=due, request_id=request_id)


def owe_notice_once(session: Session, chat_id: UUID, *, key: str, text: str, now: datetime) -> None:
    """Owe the chat a notice with this text (Telegram's HTML), due now, unless it was owed one with this key."""
    row = {
        "id": new_id(),
        "chat_id": chat_id,
        "kind": AlertKind.NOTICE,
        "dedupe_key": key,
        "priority": KINDS[AlertKind.NOTICE].priority(Severity.HIGH),
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "text": text,
        "created_at": now,
    }
    insert_ignoring(session, Alert, [row])


def owe_test(session: Session, chat: Chat, *, now: datetime, request_id: str | None = None) -> Alert:
    """Add a test message, due now."""
    key = f"test:{new_id()}"
    return _owe(
        session, chat, AlertKind.TEST, key=key, text=TEST_TEXT, now=now, due=now, request_id=request_id
    )


def _owe(
    session: Session,
    chat: Chat,
    kind: AlertKind,
    *,
    key: str,
    text: str | None,
    now: datetime,
    due: datetime | None,
    request_id: str | None,
) -> Alert:
    alert = Alert(
        id=new_id(),
        chat=chat,
        kind=kind,
        dedupe_key=key,
        priority=KINDS[kind].priority(Severity.HIGH),
        state="pending",
        attempts=0,
        next_attempt_at=due or now,
        text=text,
        request_id=request_id,
        created_at=now,
    )
    session.add(alert)
    session.flush()
    return alert
