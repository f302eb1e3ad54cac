"""Critical complaints in a crowd: when each was answered, when it arrived where, and what was late."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from complaints.alert_words import AlertKind
from complaints.words import PRIORITY, Severity
from tools.audit import Audit, Call

PATIENCE_SECONDS = 5.0
CHAT_SECONDS, GROUP_SECONDS = 1.0, 3.34


@dataclass(frozen=True)
class Critical:
    """A critical complaint and when it was answered 201."""

    id: str
    reference: str
    at: float


def submit_critical(client: httpx.Client) -> Critical:
    """Submit one."""
    answer = client.post("/complaints", json={"description": "It burns", "severity": "critical"})
    complaint = answer.raise_for_status().json()
    return Critical(complaint["id"], complaint["reference"], time.time())


def delays(books: Audit, criticals: Sequence[Critical]) -> list[float]:
    """Return the seconds from the answer 201 to the arrival in each chat."""
    return [call["arrived_at"] - critical.at for critical in criticals for call in _first(books, critical)]


def late(books: Audit, criticals: Sequence[Critical]) -> list[str]:
    """Return a line for each that took longer than five seconds and the chat's critical ones before it need."""
    arrivals = [
        (call["chat_id"], critical, call["arrived_at"])
        for critical in criticals
        for call in _first(books, critical)
    ]
    found = []
    for chat, critical, instant in arrivals:
        before = sum(critical.at < other < instant for where, _, other in arrivals if where == chat)
        step = GROUP_SECONDS if chat < 0 else CHAT_SECONDS
        if instant - critical.at > PATIENCE_SECONDS + before * step:
            found.append(f"{critical.reference} to {chat} after {instant - critical.at:.1f} s")
    return found


def overtaken(books: Audit, criticals: Sequence[Critical]) -> list[str]:
    """Return a line for each that others overtook: in its chat more than the one under way came before it."""
    priority = PRIORITY[Severity.CRITICAL]
    urgent = {(row.telegram_id, row.message_id) for row in books.rows if row.priority == priority}
    owed_at = {
        (row.telegram_id, str(row.complaint_id)): row.created_at.timestamp()
        for row in books.rows
        if row.kind == AlertKind.NEW
    }
    found = []
    for critical in criticals:
        for call in _first(books, critical):
            chat, owed = call["chat_id"], owed_at[call["chat_id"], critical.id]
            before = [
                other
                for other in books.messages
                if other["chat_id"] == chat
                and owed < other["arrived_at"] < call["arrived_at"]
                and (chat, other["message_id"]) not in urgent
            ]
            if len(before) > 1:
                found.append(f"{critical.reference} to {chat} after {len(before)} others")
    return found


def _first(books: Audit, critical: Critical) -> list[Call]:
    """Return the first message about it in each chat."""
    return [calls[0] for (_, complaint), calls in books.singles.items() if complaint == critical.id]
