"""What the bot owes to people who spoke to it: answers, and questions that they answer by a reply.

The start of a notice's `dedupe_key` tells what it is: `reply:UPDATE`, `ask:UPDATE:REFERENCE`, `settings:UPDATE`.
"""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alerts.chats import is_linked
from complaints.alerts.kinds import AlertKind
from complaints.alerts.messages import find_message
from complaints.alerts.notices import owe_notice
from complaints.models import Alert, Chat

REPLY, ASK, SETTINGS = "reply", "ask", "settings"
REFERENCE = re.compile(r"\bRD-[0-9A-Z]{8}\b")


def owe_reply(session: Session, chat: Chat, update_id: int, text: str, *, now: datetime) -> None:
    """Answer in the chat. Where the same words still wait to be sent, those serve: a flood makes one message."""
    waits = select(Alert.id).where(
        Alert.chat_id == chat.id,
        Alert.state == "pending",
        Alert.dedupe_key.startswith(f"{REPLY}:"),
        Alert.text == text,
    )
    if session.scalar(waits.limit(1)) is None:
        _owe(session, chat, REPLY, update_id, text, now)


def owe_question(
    session: Session, chat: Chat, update_id: int, *, reference: str, text: str, now: datetime
) -> None:
    """Ask in the chat why the complaint with this reference should be reopened; the text names the reference."""
    key = f"{ASK}:{update_id}:{reference}"
    owe_notice(session, chat, key=key, text=text, now=now, request_id=f"telegram-{update_id}")


def owe_panel(session: Session, chat: Chat, update_id: int, *, page: str, now: datetime) -> None:
    """Show the chat's settings, opened at a page."""
    _owe(session, chat, SETTINGS, update_id, page, now)


def is_a(word: str, alert: Alert) -> bool:
    """Say whether the alert is a notice of this sort."""
    return alert.kind == AlertKind.NOTICE and alert.dedupe_key.startswith(f"{word}:")


def asked_about(session: Session, telegram_id: int, message_id: int, text: str) -> str | None:
    """Return the reference that the message asks about; None where it is no question of ours.

    A message that nobody knows is a question whose own answer was lost, if it names the reference of such a one.
    """
    alert = find_message(session, telegram_id, message_id) or _lost_question(session, telegram_id, text)
    if alert is None or not is_a(ASK, alert) or not is_linked(alert.chat):
        return None
    return alert.dedupe_key.rpartition(":")[2]


def _lost_question(session: Session, telegram_id: int, text: str) -> Alert | None:
    named = REFERENCE.search(text)
    if named is None:
        return None
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id)
    lost = query.where(
        Chat.telegram_id == telegram_id,
        Alert.state == "unknown",
        Alert.message_id.is_(None),
        Alert.dedupe_key.startswith(f"{ASK}:"),
        Alert.dedupe_key.endswith(f":{named.group()}"),
    )
    return session.scalar(lost.limit(1))


def _owe(session: Session, chat: Chat, word: str, update_id: int, text: str, now: datetime) -> None:
    key, request_id = f"{word}:{update_id}", f"telegram-{update_id}"
    owe_notice(session, chat, key=key, text=text, now=now, request_id=request_id)
