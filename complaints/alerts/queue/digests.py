"""Digests: what a chat can't take one by one in time becomes one message.

Under the chat's lease, in one transaction, the rest of a queue that is too long is merged into one digest, to
which each merged alert points. The digest collects until the alerts before it have gone. Critical alerts are never
merged.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertKind, AlertState
from complaints.alerts import kinds
from complaints.alerts.kinds import KINDS
from complaints.alerts.queue.leases import count_busy
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.state.alert_state import end_all, insert, pending_row
from complaints.ids import new_id
from complaints.models import Alert, Chat
from complaints.telegram.limiter import Pace
from complaints.words import CRITICAL, Severity

USEFUL_LIFE = timedelta(hours=1)
MERGED_AT_ONCE = 5000


class QueueSpeed:
    """How fast a chat's queue moves: no faster than its own window, nor than its share of everybody's.

    The topics of a group share its window.
    """

    def __init__(self, session: Session, pace: Pace, now: datetime) -> None:
        self._session = session
        self._pace = pace
        self._now = now

    @cached_property
    def _seconds_a_round(self) -> float:
        return count_busy(self._session, now=self._now) * self._pace.all_interval

    def seconds_a_message(self, chat: Chat) -> float:
        """Return how long one message to this chat takes."""
        own = self._pace.chat_interval
        if chat.telegram_id < 0:
            topics = count_busy(self._session, now=self._now, telegram_id=chat.telegram_id)
            own = max(1, topics) * self._pace.group_interval
        return max(own, self._seconds_a_round)


def merge_overflow(
    session: Session, chat: Chat, preferences: Preferences, speed: QueueSpeed, *, now: datetime
) -> int:
    """Merge what would wait longer than the chat's patience, or waited too long already; return how many.

    One alert alone is not worth a digest, unless one is being collected.
    """
    queue = session.execute(_mergeable(chat, now)).all()
    digest = _open_digest(session, chat)
    enough = 1 if digest else 2
    if len(queue) < enough:
        return 0
    late = [row.id for row in queue if _is_late(row.held, row.created_at, now)]
    fresh = [row.id for row in queue if not _is_late(row.held, row.created_at, now)]
    step = speed.seconds_a_message(chat)
    singles = max(0, int(preferences.digest_patience_seconds / step) - _criticals(session, chat, now))
    rest = late + fresh[singles:]
    if len(rest) < enough:
        return 0
    wait = singles * step if len(fresh) > singles else 0.0
    _merge(session, digest or _new_digest(session, chat, now=now, wait=timedelta(seconds=wait)), rest)
    return len(rest)


def _is_late(held: bool, created_at: datetime, now: datetime) -> bool:
    return held or created_at <= now - USEFUL_LIFE


def _mergeable(chat: Chat, now: datetime) -> Select[UUID, bool, datetime]:
    query = select(Alert.id, Alert.held, Alert.created_at).where(
        _is_due(chat, now), Alert.kind.in_(kinds.merging()), Alert.priority > CRITICAL
    )
    return query.order_by(Alert.priority, Alert.id).limit(MERGED_AT_ONCE)


def _criticals(session: Session, chat: Chat, now: datetime) -> int:
    query = select(func.count()).select_from(Alert).where(_is_due(chat, now), Alert.priority == CRITICAL)
    return session.scalar(query) or 0


def _is_due(chat: Chat, now: datetime) -> ColumnElement[bool]:
    return and_(Alert.chat_id == chat.id, Alert.state == AlertState.PENDING, Alert.next_attempt_at <= now)


def _open_digest(session: Session, chat: Chat) -> Alert | None:
    query = select(Alert).where(
        Alert.chat_id == chat.id, Alert.state == AlertState.PENDING, Alert.kind == AlertKind.DIGEST
    )
    return session.scalar(query.order_by(Alert.id).limit(1))


def _new_digest(session: Session, chat: Chat, *, now: datetime, wait: timedelta) -> Alert:
    row = pending_row(
        chat_id=chat.id,
        kind=AlertKind.DIGEST,
        key=f"digest:{new_id()}",
        priority=KINDS[AlertKind.DIGEST].priority(Severity.HIGH),
        now=now,
        next_attempt_at=now + wait,
    )
    return insert(session, row)


def _merge(session: Session, digest: Alert, alerts: Sequence[UUID]) -> None:
    query = update(Alert).where(Alert.id.in_(alerts))
    end_all(session, query, AlertState.MERGED, None, digest_id=digest.id)
