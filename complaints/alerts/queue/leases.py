"""Claiming chats: who holds a chat's lease is the only one who may send to it.

Chats are claimed, not alerts: claiming alerts would let two workers into one chat. A chat that was given back
may rest: `lease_expires_at` then lies ahead without a `lease_token`, and nobody claims it before. One that lies
further ahead than any lease or rest, because a clock was ahead that wrote it, is void (`complaints/moments.py`):
the chat is free, and what was in the air under the lease has vanished, as if it had run out.

A chat is as urgent as the most urgent thing that is due in it: an alert, or an edit of a message, which comes after
all alerts for a minute and then competes with those of low severity.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from complaints.alert_words import AlertState
from complaints.alerts.queue.due_chats import (
    BUSY,
    CLAIMABLE,
    EDIT_PATIENCE,
    LONGEST_LEASE,
    NEW_EDIT,
    OLD_EDIT,
    instants,
    is_free,
    is_owed,
)
from complaints.models import Alert, Chat
from complaints.moments import void_after

LEASE = timedelta(seconds=30)
ALERT_PATIENCE = timedelta(seconds=10)  # then a low alert goes before old edits, however many there are


def is_anything_due(session: Session, *, by: datetime) -> bool:
    """Say whether, by then, a chat can be claimed or a sender's lease has run out with an alert in the air."""
    if session.scalar(_vanished(by).limit(1)) is not None:
        return True
    pending = select(Alert.id).where(Alert.next_attempt_at <= by).limit(1)
    edits = select(Alert.id).where(Alert.edit_due_at <= by).limit(1)
    if session.scalar(pending) is None and session.scalar(edits) is None:
        return False  # the usual answer, from two indexes and without a look at the chats
    return session.scalar(CLAIMABLE.limit(1), instants(by)) is not None


def claim_chats(session: Session, lease: UUID, *, limit: int, now: datetime) -> Sequence[Chat]:
    """Put at most `limit` chats under `lease`, most urgent first; return them.

    Losing is silent: a chat that another worker has locked or leased is left out.
    """
    free = CLAIMABLE.limit(limit).with_for_update(of=Chat, skip_locked=True, key_share=True)
    ours = session.scalars(free, instants(now)).all()
    query = update(Chat).where(Chat.id.in_(ours)).values(lease_token=lease, lease_expires_at=now + LEASE)
    claimed = {chat.id: chat for chat in session.scalars(query.returning(Chat))}
    return [claimed[chat_id] for chat_id in ours]


def extend(session: Session, chat_id: UUID, lease: UUID, *, now: datetime) -> bool:
    """Lengthen a lease that is still held and lock the chat's row; false where it was lost."""
    query = update(Chat).where(Chat.id == chat_id, Chat.lease_token == lease, Chat.lease_expires_at > now)
    return _touches(session, query.values(lease_expires_at=now + LEASE).returning(Chat.id))


def release(
    session: Session, chat_id: UUID, lease: UUID, *, now: datetime, rest: timedelta | None = None
) -> bool:
    """Give the chat back, to rest so long; false where the lease had been lost: nothing is changed.

    No rest is longer than a lease may be: who has to wait longer is looked at again in between.
    """
    query = update(Chat).where(Chat.id == chat_id, Chat.lease_token == lease)
    until = None if rest is None else now + min(rest, LONGEST_LEASE)
    return _touches(session, query.values(lease_token=None, lease_expires_at=until).returning(Chat.id))


def next_work(session: Session, chat: Chat, *, now: datetime) -> tuple[Alert, bool] | None:
    """Return the most urgent alert that the chat is owed now, or that wants an edit (then true)."""
    alert, outdated = _next_alert(session, chat, now), _next_edit(session, chat, now)
    if outdated is None or outdated.edit_due_at is None:
        return None if alert is None else (alert, False)
    if alert is None or alert.next_attempt_at is None:
        return outdated, True
    rank = edit_rank(outdated.edit_due_at, now)
    yields = rank == alert.priority and alert.next_attempt_at > now - ALERT_PATIENCE
    return (outdated, True) if rank < alert.priority or yields else (alert, False)


def edit_rank(due_at: datetime, now: datetime) -> int:
    """Return how urgent an edit is that was due then, beside the priorities of alerts."""
    return OLD_EDIT if due_at <= now - EDIT_PATIENCE else NEW_EDIT


def count_busy(session: Session, *, now: datetime, telegram_id: int | None = None) -> int:
    """Return how many chats (of this group) are owed an alert now: they share everybody's (its) window."""
    busy = BUSY if telegram_id is None else BUSY.where(Chat.telegram_id == telegram_id)
    return session.scalar(busy, instants(now)) or 0


def vanished_alerts(session: Session, *, now: datetime, limit: int) -> Sequence[Alert]:
    """Return alerts `sending` under a lease that ran out, their chats locked until the transaction ends."""
    query = _vanished(now).limit(limit).with_for_update(of=Chat, skip_locked=True, key_share=True)
    return session.scalars(query).all()


def _next_alert(session: Session, chat: Chat, now: datetime) -> Alert | None:
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id).where(Chat.id == chat.id, is_owed(Alert, now))
    return session.scalar(query.order_by(Alert.priority, Alert.id).limit(1))


def _next_edit(session: Session, chat: Chat, now: datetime) -> Alert | None:
    query = select(Alert).where(Alert.chat_id == chat.id, Alert.edit_due_at <= now)
    return session.scalar(query.order_by(Alert.edit_due_at).limit(1))


def _touches(session: Session, query: ReturningUpdate[tuple[UUID]]) -> bool:
    return session.scalar(query) is not None


def _vanished(now: datetime) -> Select[Alert]:
    return (
        select(Alert)
        .join(Chat, Chat.id == Alert.chat_id)
        .where(Alert.state == AlertState.SENDING, is_free(now, void_after(now, LONGEST_LEASE)))
    )
