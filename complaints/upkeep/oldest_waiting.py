"""What waits in the tables, and since when: whoever watches asks for the oldest of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from complaints.alerts.queue.due_chats import is_owed
from complaints.models import Alert, Chat, Event, Mail, StreamMeta, TelegramUpdate
from complaints.moments import void_after


class Wait(StrEnum):
    """What may wait for somebody of us."""

    NUMBER = "event_not_numbered"
    ROUTE = "event_not_routed"
    ROUTE_AGAIN = "event_routing_failed"
    SEND = "alert_not_sent"
    CONSUME = "update_not_consumed"
    MAIL = "mail_not_sent"


@dataclass(frozen=True, slots=True)
class WaitKind:
    """How it is called, after how many seconds it is a silence, and how its oldest is found."""

    words: str
    silence_seconds: float
    oldest: Callable[[datetime], Select[Any]]


def _not_numbered(_now: datetime) -> Select[Any]:
    return select(Event.occurred_at).where(Event.seq.is_(None)).order_by(Event.n).limit(1)


def _not_routed(_now: datetime) -> Select[Any]:
    routed = select(StreamMeta.routed_seq).scalar_subquery()
    return select(Event.occurred_at).where(Event.seq > routed).order_by(Event.seq).limit(1)


def _routing_failed(_now: datetime) -> Select[Any]:
    return select(Event.occurred_at).where(Event.routing_error.is_not(None)).order_by(Event.n).limit(1)


def _not_sent(now: datetime) -> Select[Any]:
    owed = select(func.min(Alert.next_attempt_at)).join(Chat, Chat.id == Alert.chat_id)
    return owed.where(is_owed(Alert, now))


def _not_consumed(_now: datetime) -> Select[Any]:
    return select(func.min(TelegramUpdate.received_at)).where(TelegramUpdate.consumed_at.is_(None))


def _not_mailed(_now: datetime) -> Select[Any]:
    return select(func.min(Mail.created_at)).where(Mail.next_attempt_at.is_not(None))


KINDS: dict[Wait, WaitKind] = {
    Wait.NUMBER: WaitKind("event without a number", 10.0, _not_numbered),
    Wait.ROUTE: WaitKind("event that is not routed", 10.0, _not_routed),
    Wait.ROUTE_AGAIN: WaitKind("event whose alerts could not be made", 0.0, _routing_failed),
    Wait.SEND: WaitKind("alert that is due and not sent", 60.0, _not_sent),
    Wait.CONSUME: WaitKind("button or command that nobody took up", 30.0, _not_consumed),
    Wait.MAIL: WaitKind("mail that is not sent", 300.0, _not_mailed),
}


def oldest_waiting(session: Session, *, now: datetime) -> dict[Wait, datetime]:
    """Return since when the oldest of each kind waits; a kind of which none waits is left out.

    What a clock wrote that was ahead, nobody knows how long it has waited: it counts as having waited too long.
    """
    found = {wait: session.scalar(kind.oldest(now)) for wait, kind in KINDS.items()}
    return {wait: _believed(wait, since, now) for wait, since in found.items() if since is not None}


def _believed(wait: Wait, since: datetime, now: datetime) -> datetime:
    if since <= void_after(now, timedelta()):
        return min(since, now)
    return now - timedelta(seconds=KINDS[wait].silence_seconds + 1)


def is_silence(wait: Wait, since: datetime, now: datetime) -> bool:
    """Say whether it has waited for longer than it may without anybody being told."""
    return (now - since).total_seconds() > KINDS[wait].silence_seconds
