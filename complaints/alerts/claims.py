"""Claiming chats: who holds a chat's lease is the only one who may send to it.

Chats are claimed, not alerts: claiming alerts would let two workers into one chat. A chat that was given back
may rest: `lease_expires_at` then lies ahead without a `lease_token`, and nobody claims it before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from complaints.alerts.chats import ACTIVE, REPLIES
from complaints.models import Alert, Chat

LEASE = timedelta(seconds=30)


def is_anything_due(session: Session, *, by: datetime) -> bool:
    """Say whether, by then, a chat can be claimed or a sender's lease has run out with an alert in the air."""
    if session.scalar(_vanished(by).limit(1)) is not None:
        return True
    pending = select(Alert.id).where(Alert.state == "pending", Alert.next_attempt_at <= by)
    if session.scalar(pending.limit(1)) is None:
        return False  # the usual answer, from one index and without a look at the chats
    return session.scalar(_claimable(by).limit(1)) is not None


def claim_chats(session: Session, lease: UUID, *, limit: int, now: datetime) -> Sequence[Chat]:
    """Put at most `limit` chats under `lease`, most urgent first; return them.

    Losing is silent: a chat that another worker has locked or leased is left out.
    """
    free = _claimable(now).limit(limit).with_for_update(of=Chat, skip_locked=True, key_share=True)
    ours = session.scalars(free).all()
    query = update(Chat).where(Chat.id.in_(ours)).values(lease_token=lease, lease_expires_at=now + LEASE)
    claimed = {chat.id: chat for chat in session.scalars(query.returning(Chat))}
    return [claimed[chat_id] for chat_id in ours]


def extend(session: Session, chat_id: UUID, lease: UUID, *, now: datetime) -> bool:
    """Lengthen a lease that is still held and lock the chat's row; false where it was lost."""
    query = update(Chat).where(Chat.id == chat_id, Chat.lease_token == lease, Chat.lease_expires_at > now)
    return _touches(session, query.values(lease_expires_at=now + LEASE).returning(Chat.id))


def release(session: Session, chat_id: UUID, lease: UUID, *, until: datetime | None) -> bool:
    """Give the chat back, to rest `until` then; false where the lease had been lost: nothing is changed."""
    query = update(Chat).where(Chat.id == chat_id, Chat.lease_token == lease)
    return _touches(session, query.values(lease_token=None, lease_expires_at=until).returning(Chat.id))


def next_alert(session: Session, chat: Chat, *, now: datetime) -> Alert | None:
    """Return the most urgent alert that the chat is owed now, the oldest among equals."""
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id).where(Chat.id == chat.id, is_owed(Alert, now))
    return session.scalar(query.order_by(Alert.priority, Alert.id).limit(1))


def vanished_alerts(session: Session, *, now: datetime, limit: int) -> Sequence[Alert]:
    """Return alerts `sending` under a lease that ran out, their chats locked until the transaction ends."""
    query = _vanished(now).limit(limit).with_for_update(of=Chat, skip_locked=True, key_share=True)
    return session.scalars(query).all()


def is_owed(alert: type[Alert], now: datetime) -> ColumnElement[bool]:
    """Return the condition that the alert is due and its chat, joined, takes it."""
    receives = or_(Chat.state == ACTIVE, alert.kind.in_(REPLIES))
    return and_(alert.state == "pending", alert.next_attempt_at <= now, receives)


def _touches(session: Session, query: ReturningUpdate[tuple[UUID]]) -> bool:
    return session.scalar(query) is not None


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Chat.lease_expires_at.is_(None), Chat.lease_expires_at <= now)


def _vanished(now: datetime) -> Select[Alert]:
    return select(Alert).join(Chat, Chat.id == Alert.chat_id).where(Alert.state == "sending", _is_free(now))


def _claimable(now: datetime) -> Select[UUID]:
    urgency = _urgency(now)
    return (
        select(Chat.id)
        .where(_is_free(now), urgency.is_not(None))
        .order_by(urgency, Chat.lease_expires_at.nulls_first(), Chat.id)
    )


def _urgency(now: datetime) -> ScalarSelect[int]:
    owed = aliased(Alert)
    return (
        select(owed.priority)
        .where(owed.chat_id == Chat.id, is_owed(owed, now))
        .order_by(owed.priority, owed.id)
        .limit(1)
        .correlate(Chat)
        .scalar_subquery()
    )
