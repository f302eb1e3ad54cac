"""Notices: messages about no single complaint, owed to a chat like any other alert; each sort has its row here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.alert_words import AlertKind, NoticeSort
from complaints.alerts.kinds import KINDS
from complaints.alerts.state.alert_state import Row, insert, insert_new, pending_row
from complaints.ids import new_id
from complaints.models import Alert, Chat
from complaints.words import Severity

TEST_TEXT = "This is a test: alerts reach this chat."


@dataclass(frozen=True, slots=True)
class Sort:
    """What is so of every notice of a sort: how its key begins, and whether it is a panel, made anew when sent."""

    key: str
    is_panel: bool


SORTS: dict[NoticeSort, Sort] = {
    NoticeSort.REPLY: Sort("reply", is_panel=False),
    NoticeSort.QUESTION: Sort("ask", is_panel=True),
    NoticeSort.PANEL: Sort("settings", is_panel=True),
    NoticeSort.MISSED: Sort("missed", is_panel=False),
    NoticeSort.AWAKE: Sort("awake", is_panel=False),
    NoticeSort.CHAT_LOST: Sort("unreachable", is_panel=False),
    NoticeSort.PICTURE: Sort("picture", is_panel=False),
    NoticeSort.ALBUM: Sort("album", is_panel=False),
}


def owe_notice(
    session: Session,
    chat: Chat,
    sort: NoticeSort,
    tail: str,
    *,
    text: str | None,
    now: datetime,
    due: datetime | None = None,
    request_id: str | None = None,
    asks_about: str | None = None,
    listing: int | None = None,
) -> Alert:
    """Add a notice with this text (Telegram's HTML), due now or later. The key's tail must be new to the chat."""
    row = notice_row(chat.id, sort, tail, text=text, now=now)
    more = {"request_id": request_id, "asks_about": asks_about, "listing": listing}
    return insert(session, {**row, **more, "next_attempt_at": due or now})


def owe_notice_once(
    session: Session, chat_id: UUID, sort: NoticeSort, tail: str, *, text: str, now: datetime
) -> None:
    """Owe the chat a notice with this text (Telegram's HTML), due now, unless it was owed one with this key."""
    insert_new(session, [notice_row(chat_id, sort, tail, text=text, now=now)])


def owe_test(session: Session, chat: Chat, *, now: datetime, request_id: str | None = None) -> Alert:
    """Add a test message, due now."""
    row = _row(chat.id, AlertKind.TEST, f"test:{new_id()}", TEST_TEXT, now)
    return insert(session, {**row, "request_id": request_id})


def notice_row(chat_id: UUID, sort: NoticeSort, tail: str, *, text: str | None, now: datetime) -> Row:
    """Return the row of a notice, due now."""
    return {**_row(chat_id, AlertKind.NOTICE, f"{SORTS[sort].key}:{tail}", text, now), "notice": sort}


def _row(chat_id: UUID, kind: AlertKind, key: str, text: str | None, now: datetime) -> Row:
    priority = KINDS[kind].priority(Severity.HIGH)
    return pending_row(chat_id=chat_id, kind=kind, key=key, priority=priority, now=now, text=text)
