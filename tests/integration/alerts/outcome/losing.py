"""Losing a chat, and what alerts it and others are owed then."""

from typing import Any
from uuid import UUID

from complaints.alerts.outcome.rerouting import mark_unreachable
from complaints.chats.linking import wake_up
from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.models import Alert, Chat
from tests.integration.office import Office

BLOCKED = "Forbidden: bot was blocked by the user"


def lose(office: Office, chat: Chat, reason: str = BLOCKED) -> int:
    with office.database.write() as session:
        return mark_unreachable(session, session.get_one(Chat, chat.id), reason, now=utcnow())


def bring_back(office: Office, chat: Chat) -> None:
    with office.database.write() as session:
        wake_up(session, session.get_one(Chat, chat.id), now=utcnow())


def rows(office: Office, chat: Chat) -> list[tuple[str, str, UUID | None]]:
    """Of all alerts about complaints owed to the chat: their kinds, states, and whose they first were."""
    found = office.alerts(chat)
    return [(alert.kind, alert.state, alert.rerouted_from) for alert in found if alert.complaint_id]


def notices(office: Office, chat: Chat) -> list[str | None]:
    return [alert.text for alert in office.alerts(chat) if alert.kind == "notice"]


def add_alert(office: Office, chat: Chat, **values: Any) -> UUID:
    """Owe the chat one more alert, beside what routing makes."""
    now, alert_id = utcnow(), new_id()
    defaults = {
        "id": alert_id,
        "chat_id": chat.id,
        "dedupe_key": f"test:{alert_id}",
        "priority": 1,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
    with office.database.write() as session:
        session.add(Alert(**(defaults | values)))
    return alert_id
