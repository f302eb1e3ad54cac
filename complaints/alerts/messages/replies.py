"""What the bot owes to people who spoke to it: answers, and questions that they answer by a reply."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, NoticeSort
from complaints.alerts.messages.notices import owe_notice
from complaints.alerts.messages.sent_messages import find_message
from complaints.alerts.state.chat_state import is_linked
from complaints.models import Alert, Chat

REFERENCE = re.compile(r"\bRD-[0-9A-Z]{8}\b")


def owe_reply(session: Session, chat: Chat, update_id: int, text: str, *, now: datetime) -> None:
    """Answer in the chat. Where the same words still wait to be sent, those serve: a flood makes one message."""
    waits = select(Alert.id).where(
        Alert.chat_id == chat.id,
        Alert.state == AlertState.PENDING,
        Alert.notice == NoticeSort.REPLY,
        Alert.text == text,
    )
    if session.scalar(waits.limit(1)) is None:
        request_id = _request_id(update_id)
        owe_notice(session, chat, NoticeSort.REPLY, str(update_id), text=text, now=now, request_id=request_id)


def owe_question(
    session: Session, chat: Chat, update_id: int, *, reference: str, text: str, now: datetime
) -> None:
    """Ask in the chat why the complaint with this reference should be reopened; the text names the reference."""
    owe_notice(
        session,
        chat,
        NoticeSort.QUESTION,
        f"{update_id}:{reference}",
        text=text,
        now=now,
        request_id=_request_id(update_id),
        asks_about=reference,
    )


def owe_panel(session: Session, chat: Chat, update_id: int, *, page: str, now: datetime) -> None:
    """Show the chat's settings, opened at a page."""
    request_id = _request_id(update_id)
    owe_notice(session, chat, NoticeSort.PANEL, str(update_id), text=page, now=now, request_id=request_id)


def asked_about(session: Session, telegram_id: int, message_id: int, text: str) -> str | None:
    """Return the reference that the message asks about; None where it is no question of ours.

    A message that nobody knows is a question whose own answer was lost, if it names the reference of such a one.
    """
    alert = find_message(session, telegram_id, message_id) or _lost_question(session, telegram_id, text)
    if alert is None or alert.notice != NoticeSort.QUESTION or not is_linked(alert.chat):
        return None
    return alert.asks_about


def _lost_question(session: Session, telegram_id: int, text: str) -> Alert | None:
    named = REFERENCE.search(text)
    if named is None:
        return None
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id)
    lost = query.where(
        Chat.telegram_id == telegram_id,
        Alert.state == AlertState.UNKNOWN,
        Alert.message_id.is_(None),
        Alert.notice == NoticeSort.QUESTION,
        Alert.asks_about == named.group(),
    )
    return session.scalar(lost.limit(1))


def _request_id(update_id: int) -> str:
    return f"telegram-{update_id}"
