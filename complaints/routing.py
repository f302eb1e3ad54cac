"""Routing: each numbered event becomes the alerts that it owes, once.

It has its own cursor, `routed_seq`, and its own lock, so that it never delays numbering. An event whose routing
fails keeps the error, is gone past with an alarm and can be routed again; it stops nobody else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from complaints import events
from complaints.alerts.live import mark_outdated
from complaints.clock import utcnow
from complaints.db import Database, insert_ignoring, is_lock_timeout, wait_briefly_for_locks
from complaints.feed import META_ID
from complaints.ids import new_id
from complaints.models import Alert, Chat, Event, StreamMeta
from complaints.preferences import Preferences
from complaints.queries.finding import may_see
from complaints.words import PRIORITY, Severity

log = structlog.get_logger()

BATCH = 100
ROWS_PER_TRANSACTION = 2000
ERROR_MAXIMUM = 2000
ADVISORY_LOCK = 0x0052_6F75_7465
PASSING = (
    "08",
    "40",
    "53",
    "55",
    "57",
)  # PostgreSQL's classes: connection, rollback, resources, state, operator
KINDS = {
    events.NEW_COMPLAINT: "new",
    events.ASSIGNMENT_UPDATE: "assignment",
    events.STATUS_UPDATE: "status",
}


def route_once(db: Database) -> int:
    """Route the next numbered events, at most a batch in one transaction; return how many were gone past.

    Waits up to a second for others who hold a lock, and returns 0 where that was in vain: a router that hangs
    must not keep every worker from numbering.
    """
    try:
        with db.write() as session:
            return _route_next(session, _lock_and_read(session))
    except OperationalError as error:
        if is_lock_timeout(error):
            log.warning("routing_waits_for_lock", error=str(error.orig))
            return 0
        raise


def route_failed_again(session: Session) -> tuple[int, int]:
    """Route every event again whose routing failed; return how many there were and how many still fail.

    What it already owes is not owed twice.
    """
    query = select(Event).where(Event.routing_error.is_not(None)).order_by(Event.seq)
    failed, chats, now = session.scalars(query).all(), _chats(session), utcnow()
    for event in failed:
        event.routing_error = None
        _route_or_record(session, event, chats, now)
    return len(failed), sum(event.routing_error is not None for event in failed)


def _lock_and_read(session: Session) -> Sequence[Event]:
    wait_briefly_for_locks(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    cursor = select(StreamMeta.routed_seq).where(StreamMeta.id == META_ID).scalar_subquery()
    return session.scalars(select(Event).where(Event.seq > cursor).order_by(Event.seq).limit(BATCH)).all()


def _route_next(session: Session, waiting: Sequence[Event]) -> int:
    if not waiting:
        return 0
    done = _route_within_bounds(session, waiting)
    session.execute(update(StreamMeta).where(StreamMeta.id == META_ID).values(routed_seq=done[-1].seq))
    return len(done)


def _route_within_bounds(session: Session, waiting: Sequence[Event]) -> list[Event]:
    chats, now, done, rows = _chats(session), utcnow(), [], 0
    for event in waiting:
        rows += _route_or_record(session, event, chats, now)
        done.append(event)
        if rows >= ROWS_PER_TRANSACTION:
            break
    return done


def _route_or_record(session: Session, event: Event, chats: Sequence[Chat], now: datetime) -> int:
    try:
        with session.begin_nested():
            return _route(session, event, chats, now)
    except Exception as error:
        if _will_pass(error):
            raise
        event.routing_error = ascii(error)[:ERROR_MAXIMUM]
        log.exception("routing_failed", seq=event.seq, event_id=str(event.id), request_id=event.request_id)
        return 0


def _will_pass(error: Exception) -> bool:
    """Say whether this is no fault of the event: the connection is gone, or others were in the way."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(PASSING)


def _route(session: Session, event: Event, chats: Sequence[Chat], now: datetime) -> int:
    outdated = mark_outdated(session, event.complaint_id, event.data["version"], now=now)
    kind = KINDS.get(event.type)
    if kind is None:
        return outdated
    owed = [_alert(event, chat, kind, now) for chat in chats if _is_routed(event, chat, kind)]
    return outdated + insert_ignoring(session, Alert, owed)


def _chats(session: Session) -> Sequence[Chat]:
    return session.scalars(select(Chat).where(Chat.state == "active").order_by(Chat.id)).all()


def _is_routed(event: Event, chat: Chat, kind: str) -> bool:
    operator, data = chat.operator, event.data
    sites = None if operator.sites is None else frozenset(operator.sites)
    if not operator.active or not may_see(sites, data["site"]):
        return False
    if kind == "assignment" and (data["assignee"] or {}).get("id") != str(operator.id):
        return False
    preferences = Preferences.model_validate(chat.preferences)
    return preferences.want(kind, severity=data["severity"], category=data["category"], site=data["site"])


def _alert(event: Event, chat: Chat, kind: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "chat_id": chat.id,
        "complaint_id": event.complaint_id,
        "event_seq": event.seq,
        "kind": kind,
        "dedupe_key": f"{kind}:{event.id}",
        "priority": PRIORITY[Severity(event.data["severity"])],
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "request_id": event.request_id,
        "created_at": now,
    }
