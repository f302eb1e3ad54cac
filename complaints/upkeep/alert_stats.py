"""How the alerts stand, as counted in the database: what monitoring watches."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.alert_words import UNSETTLED, AlertState
from complaints.alerts.queue.due_chats import is_owed
from complaints.models import Alert, Chat, StreamMeta, TelegramUpdate

LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AlertStats:
    """`states` counts the alerts of the last hour, and all that are pending or sending, however old.

    `due` are owed now to chats that take them, the first of them since `overdue_seconds`; the oldest pending one
    of all, due or not, is `oldest_seconds` old. `unrouted` events have a seq but no alerts yet; `updates` of
    Telegram's wait to be consumed.
    """

    states: dict[str, int]
    due: int
    overdue_seconds: float
    oldest_seconds: float
    unrouted: int
    updates: int


def count_alerts(session: Session, *, now: datetime) -> AlertStats:
    """Count; every query reads a small range of an index, so that a scrape costs little."""
    owed = select(func.count(), func.min(Alert.next_attempt_at)).join(Chat, Chat.id == Alert.chat_id)
    due, first = session.execute(owed.where(is_owed(Alert, now))).one()
    oldest = session.scalar(select(func.min(Alert.created_at)).where(Alert.state == AlertState.PENDING))
    waiting = select(func.count()).select_from(TelegramUpdate).where(TelegramUpdate.consumed_at.is_(None))
    unrouted = select(StreamMeta.top - StreamMeta.routed_seq)
    return AlertStats(
        states=_states(session, now),
        due=due,
        overdue_seconds=_seconds_since(first, now),
        oldest_seconds=_seconds_since(oldest, now),
        unrouted=session.scalar(unrouted) or 0,
        updates=session.scalar(waiting) or 0,
    )


def _states(session: Session, now: datetime) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(AlertState, 0)
    for state in AlertState:
        query = select(func.count()).select_from(Alert).where(Alert.state == state)
        if state not in UNSETTLED:
            query = query.where(Alert.created_at > now - LATELY)
        counts[state] = session.scalar(query) or 0
    return counts


def _seconds_since(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else (now - instant).total_seconds()
