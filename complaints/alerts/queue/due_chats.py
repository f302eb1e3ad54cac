"""The queries that find the chats with work. They are built once: to build them costs more than to run them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from complaints.alert_words import AlertState, ChatState
from complaints.alerts import kinds
from complaints.alerts.queue.chats_with_work import chats_with_alerts, chats_with_work
from complaints.db import UtcDateTime
from complaints.models import Alert, Chat
from complaints.moments import Instant, is_over, void_after
from complaints.words import PRIORITY, Severity

LONGEST_LEASE = timedelta(minutes=1)  # and the longest rest
EDIT_PATIENCE = timedelta(minutes=1)
OLD_EDIT = PRIORITY[Severity.LOW]
NEW_EDIT = OLD_EDIT + 1
NOTHING = NEW_EDIT + 1
NOW = bindparam("now", type_=UtcDateTime())
OLD = bindparam("old", type_=UtcDateTime())
VOID = bindparam("void", type_=UtcDateTime())


def instants(now: datetime) -> dict[str, datetime]:
    """Return the parameters of `CLAIMABLE` and `BUSY`."""
    return {"now": now, "old": now - EDIT_PATIENCE, "void": void_after(now, LONGEST_LEASE)}


def is_owed(alert: type[Alert], now: Instant) -> ColumnElement[bool]:
    """Return the condition that the alert is due and its chat, joined, can be written to.

    What a chat that is muted or has left is owed all the same is claimed to be skipped, visibly.
    """
    receives = or_(Chat.state != ChatState.UNREACHABLE, alert.kind.in_(kinds.answering()))
    return and_(alert.state == AlertState.PENDING, alert.next_attempt_at <= now, receives)


def is_free(now: Instant, void: Instant) -> ColumnElement[bool]:
    """Return the condition that nobody holds the chat's lease, and that it does not rest."""
    return or_(Chat.lease_expires_at.is_(None), is_over(Chat.lease_expires_at, now, void))


def _claimable() -> Select[UUID]:
    alerts = func.coalesce(_urgency_of_alerts(), NOTHING).label("alerts")
    edits = func.coalesce(_urgency_of_edits(), NOTHING).label("edits")
    chats = select(Chat.id, alerts, edits).where(Chat.id.in_(chats_with_work()))
    working = chats.cte("working").prefix_with("MATERIALIZED")  # else each subquery runs four times
    most = case((working.c.alerts <= working.c.edits, working.c.alerts), else_=working.c.edits)
    return (
        select(Chat.id)
        .join(working, working.c.id == Chat.id)
        .where(is_free(NOW, VOID), most < NOTHING)
        .order_by(most, Chat.lease_expires_at.nulls_first(), Chat.id)
    )


def _urgency_of_alerts() -> ScalarSelect[int]:
    owed = aliased(Alert)
    query = select(owed.priority).where(owed.chat_id == Chat.id, is_owed(owed, NOW))
    return query.order_by(owed.priority, owed.id).limit(1).correlate(Chat).scalar_subquery()


def _urgency_of_edits() -> ScalarSelect[int]:
    outdated = aliased(Alert)
    rank = case((outdated.edit_due_at <= OLD, OLD_EDIT), else_=NEW_EDIT)
    query = select(rank).where(outdated.chat_id == Chat.id, outdated.edit_due_at <= NOW)
    return query.order_by(outdated.edit_due_at).limit(1).correlate(Chat).scalar_subquery()


def _busy() -> Select[int]:
    owed = select(Alert.id).where(Alert.chat_id == Chat.id, is_owed(Alert, NOW)).correlate(Chat)
    return select(func.count()).select_from(Chat).where(Chat.id.in_(chats_with_alerts()), owed.exists())


CLAIMABLE = _claimable()
"""Free chats with something due, the most urgent first."""

BUSY = _busy()
"""How many chats are owed an alert."""
