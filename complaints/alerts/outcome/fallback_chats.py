"""What fallback chats are owed: the alerts of a chat that can't be reached, and a notice that they come now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, NoticeSort, ReasonCode
from complaints.alerts.messages.notices import owe_notice_once
from complaints.alerts.recipients.recipients import Recipients
from complaints.alerts.state.alert_state import Row, insert_new, owe_again
from complaints.models import Alert, Chat
from complaints.texts.chat_text import as_html

LOOKED_UP_AT_ONCE = 500
NOTICE = (
    "<b>{name}</b>’s chat “{title}” can’t be reached ({reason}). Its alerts come here until somebody writes "
    "/start there."
)
Place = tuple[UUID, str]
"""What is unique: a chat, and the key of an alert in it."""


def owe_copies(session: Session, rows: Sequence[Row], *, now: datetime) -> None:
    """Owe each row's chat its alert, unless it has that already; one that was rerouted from there comes back."""
    known: dict[Place, tuple[UUID, bool]] = {}
    for start in range(0, len(rows), LOOKED_UP_AT_ONCE):
        known |= _known(session, rows[start : start + LOOKED_UP_AT_ONCE])
    fresh = [row for row in rows if _place(row) not in known]
    insert_new(session, sorted(fresh, key=_place))  # one order for all, so that nobody deadlocks
    back = {known[_place(row)] for row in rows if _place(row) in known}
    _revive(session, [alert_id for alert_id, was_rerouted in back if was_rerouted], now)


def tell_fallback_chats(
    session: Session, chat: Chat, recipients: Recipients, *, reason: str, now: datetime
) -> None:
    """Owe one notice to each chat that stands in for this one.

    The topics of one group, lost in the same minute, are told of once.
    """
    tail = f"{chat.telegram_id}:{now:%Y-%m-%dT%H:%M}"
    values = {"name": chat.operator.name, "title": chat.title, "reason": reason}
    text = NOTICE.format(**{name: as_html(value) for name, value in values.items()})
    for candidate in recipients.fallback_chats_anywhere(chat.operator):
        owe_notice_once(session, candidate.chat_id, NoticeSort.CHAT_LOST, tail, text=text, now=now)


def _known(session: Session, rows: Sequence[Row]) -> dict[Place, tuple[UUID, bool]]:
    """Return which of the places are taken: by which alert, and whether that was rerouted from there."""
    query = select(Alert.id, Alert.chat_id, Alert.dedupe_key, Alert.state, Alert.reason_code).where(
        Alert.chat_id.in_({row["chat_id"] for row in rows}),
        Alert.dedupe_key.in_({row["dedupe_key"] for row in rows}),
    )
    return {
        (row.chat_id, row.dedupe_key): (
            row.id,
            row.state == AlertState.SKIPPED and row.reason_code == ReasonCode.REROUTED,
        )
        for row in session.execute(query)
    }


def _revive(session: Session, alerts: Sequence[UUID], now: datetime) -> None:
    for start in range(0, len(alerts), LOOKED_UP_AT_ONCE):
        some = alerts[start : start + LOOKED_UP_AT_ONCE]
        query = update(Alert).where(Alert.id.in_(some), Alert.state == AlertState.SKIPPED)
        owe_again(session, query, now=now)


def _place(row: Row) -> Place:
    return row["chat_id"], row["dedupe_key"]
