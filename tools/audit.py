"""Every alert is accounted for: what the tables say, held against what Telegram's server received.

An alert has arrived, or it went into a digest that arrived, or its chat was told that it may have been missed.
What arrived twice was critical, and its answer lost the first time; the second message says so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select

from complaints.alert_words import UNSETTLED, AlertKind, AlertState
from complaints.db import Database
from complaints.models import Alert, Chat, Complaint, Event, StreamMeta
from complaints.words import PRIORITY, Severity

BUTTON_DATA = re.compile(r"\b(?:ack|take|start|resolve|reopen):([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class Row:
    """One alert, as far as it is accounted for."""

    id: UUID
    telegram_id: int
    complaint_id: UUID | None
    reference: str | None
    kind: str
    repeats_id: UUID | None
    priority: int
    state: str
    reason: str | None
    message_id: int | None
    digest_id: UUID | None
    created_at: datetime


Call = dict[str, Any]


class Audit:
    """The books of one moment. Messages are `sendMessage` calls that took effect, in order of arrival."""

    def __init__(self, rows: Sequence[Row], calls: Sequence[Call]) -> None:
        self._rows = {row.id: row for row in rows}
        self._repeated = {row.repeats_id for row in rows}
        self.calls = calls
        self.messages = [call for call in calls if call["acted"] and call["method"] == "sendMessage"]
        self._arrived = {(call["chat_id"], call["message_id"]) for call in self.messages}

    @property
    def rows(self) -> Sequence[Row]:
        """Every alert of the chats."""
        return list(self._rows.values())

    @cached_property
    def states(self) -> Counter[str]:
        """How many alerts about complaints are in each state."""
        return Counter(row.state for row in self._rows.values() if row.complaint_id)

    @cached_property
    def digests(self) -> int:
        """How many digests arrived."""
        return sum(self._has_arrived(row) for row in self._rows.values() if row.kind == AlertKind.DIGEST)

    @cached_property
    def singles(self) -> dict[tuple[int, str], list[Call]]:
        """The messages about one complaint alone, by Telegram's id of the chat and the complaint's id."""
        found: dict[tuple[int, str], list[Call]] = defaultdict(list)
        for call in self.messages:
            button = BUTTON_DATA.search(str(call["payload"].get("reply_markup")))
            if button:
                found[call["chat_id"], button[1]].append(call)
        return dict(found)

    def lost(self) -> list[str]:
        """Return a line for each alert that nobody can have heard of."""
        about = (row for row in self._rows.values() if row.complaint_id)
        return [f"{row.reference} to {row.telegram_id}: {why}" for row in about if (why := self._lack(row))]

    def unowed(self, chats: Sequence[int], complaints: Sequence[str]) -> list[str]:
        """Return a line for each complaint (by reference) that a chat was never owed."""
        owed = {(row.telegram_id, row.reference) for row in self._rows.values() if row.kind == AlertKind.NEW}
        pairs = ((chat, reference) for chat in chats for reference in complaints)
        return [
            f"{reference} to {chat}: no alert" for chat, reference in pairs if (chat, reference) not in owed
        ]

    def wrong_repeats(self) -> list[str]:
        """Return a line for each message that came again without a reason, or without saying so."""
        return [line for row in self._rows.values() for line in self._wrong_repeats(row)]

    def repeats(self) -> int:
        """Return how many messages about a complaint came once more."""
        return sum(len(calls) - 1 for calls in self.singles.values())

    def _wrong_repeats(self, row: Row) -> Iterator[str]:
        calls = self.singles.get((row.telegram_id, str(row.complaint_id)), [])
        if row.kind != AlertKind.NEW or row.repeats_id is not None or len(calls) < 2:
            return
        where = f"{row.reference} to {row.telegram_id}"
        if row.priority != PRIORITY[Severity.CRITICAL] or len(calls) > 2:
            yield f"{where}: came {len(calls)} times, and is of priority {row.priority}"
        elif row.id not in self._repeated:
            yield f"{where}: came twice, and no answer was lost"
        elif "Possible repeat" not in calls[1]["payload"]["text"]:
            yield f"{where}: came again without saying so"

    def _lack(self, row: Row) -> str | None:
        """Return what is missing before the alert is accounted for, or None."""
        if row.state == AlertState.SENT:
            return None if self._has_arrived(row) else "sent, but Telegram has no such message"
        if row.state == AlertState.MERGED:
            return self._lack_of_digest(self._rows.get(row.digest_id) if row.digest_id else None)
        if row.state == AlertState.UNKNOWN:
            return self._lack_of_doubt(row)
        if row.state == AlertState.SKIPPED and row.repeats_id is not None:
            return None
        return f"{row.state} ({row.reason})"

    def _lack_of_digest(self, digest: Row | None) -> str | None:
        if digest is None:
            return "merged into nothing"
        if digest.state == AlertState.UNKNOWN:
            return self._lack_of_doubt(digest)
        return None if self._has_arrived(digest) else f"its digest is {digest.state} ({digest.reason})"

    def _lack_of_doubt(self, row: Row) -> str | None:
        """A lost answer is made good by a repeat, which has a row of its own, or by a list of what is missed."""
        if row.id in self._repeated:
            return None
        listing = self._rows.get(row.digest_id) if row.digest_id else None
        if listing is None:
            return "unknown, and its chat was not told"
        if self._has_arrived(listing) or (row.telegram_id, str(row.complaint_id)) in self.singles:
            return None
        return f"unknown, and the list of missed ones is {listing.state} ({listing.reason})"

    def _has_arrived(self, row: Row) -> bool:
        return (row.telegram_id, row.message_id) in self._arrived


def count_unsettled(database: Database) -> int:
    """Return how many alerts of any kind have not come to an end, and events have none yet."""
    unrouted = select(StreamMeta.top - StreamMeta.routed_seq).scalar_subquery()
    unnumbered = select(func.count()).where(Event.seq.is_(None)).scalar_subquery()
    query = select(func.count() + unrouted + unnumbered).where(Alert.state.in_(UNSETTLED))
    with database.read() as session:
        return session.scalar(query) or 0


def audit(database: Database, phone: httpx.Client, chats: Sequence[int]) -> Audit:
    """Read the alerts of these chats, by Telegram's ids, and what the sandbox received for them."""
    query = (
        select(
            Alert.id,
            Chat.telegram_id,
            Alert.complaint_id,
            Complaint.reference,
            Alert.kind,
            Alert.repeats_id,
            Alert.priority,
            Alert.state,
            Alert.reason,
            Alert.message_id,
            Alert.digest_id,
            Alert.created_at,
        )
        .join(Chat, Chat.id == Alert.chat_id)
        .outerjoin(Complaint, Complaint.id == Alert.complaint_id)
        .where(Chat.telegram_id.in_(chats))
    )
    with database.read() as session:
        rows = [Row(**found._mapping) for found in session.execute(query)]
    calls: list[Call] = phone.get("/calls", timeout=60).raise_for_status().json()
    return Audit(rows, [call for call in calls if call["chat_id"] in chats])
