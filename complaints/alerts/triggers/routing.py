"""Routing: each numbered event becomes the alerts that it owes, once.

It has its own cursor, `routed_seq`, and its own lock, so that it never delays numbering. An event whose routing
fails keeps the error, is gone past with an alarm and can be routed again; it stops nobody else.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from complaints.alerts import kinds
from complaints.alerts.messages.live_edits import mark_outdated
from complaints.alerts.recipients.alert_subject import alert_row, subject_of_event
from complaints.alerts.recipients.recipients import Recipients, read_recipients
from complaints.alerts.state.alert_state import insert_new
from complaints.db import Database, wait_briefly_for_locks
from complaints.events.event_feed import META_ID
from complaints.models import Event, StreamMeta
from complaints.waits.passing import is_lock_timeout, will_pass

log = structlog.get_logger()

BATCH = 100
ROWS_PER_TRANSACTION = 1000  # on SQLite numbering waits for the transaction before it
ERROR_MAXIMUM = 2000
ADVISORY_LOCK = 0x0052_6F75_7465


def route_once(db: Database) -> int:
    """Route the next numbered events, at most a batch in one transaction; return how many were gone past.

    Waits up to a second for others who hold a lock, and returns 0 where that was in vain: a router that hangs
    must not keep every worker from numbering.
    """
    now = db.now()
    try:
        with db.write() as session:
            return _route_next(session, _lock_and_read(session), now)
    except OperationalError as error:
        if is_lock_timeout(error):
            log.warning("routing_waits_for_lock", error=str(error.orig))
            return 0
        raise


def route_failed_again(session: Session, *, now: datetime) -> tuple[int, int]:
    """Route every event again whose routing failed; return how many there were and how many still fail.

    What it already owes is not owed twice.
    """
    query = select(Event).where(Event.routing_error.is_not(None)).order_by(Event.seq)
    failed, recipients = session.scalars(query).all(), read_recipients(session, now=now)
    for event in failed:
        event.routing_error = None
        _route_or_record(session, event, recipients, now)
    return len(failed), sum(event.routing_error is not None for event in failed)


def _lock_and_read(session: Session) -> Sequence[Event]:
    wait_briefly_for_locks(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    cursor = select(StreamMeta.routed_seq).where(StreamMeta.id == META_ID).scalar_subquery()
    return session.scalars(select(Event).where(Event.seq > cursor).order_by(Event.seq).limit(BATCH)).all()


def _route_next(session: Session, waiting: Sequence[Event], now: datetime) -> int:
    if not waiting:
        return 0
    done = _route_within_bounds(session, waiting, now)
    session.execute(update(StreamMeta).where(StreamMeta.id == META_ID).values(routed_seq=done[-1].seq))
    return len(done)


def _route_within_bounds(session: Session, waiting: Sequence[Event], now: datetime) -> list[Event]:
    recipients, done, rows = read_recipients(session, now=now), [], 0
    for event in waiting:
        rows += _route_or_record(session, event, recipients, now)
        done.append(event)
        if rows >= ROWS_PER_TRANSACTION:
            break
    return done


def _route_or_record(session: Session, event: Event, recipients: Recipients, now: datetime) -> int:
    try:
        with session.begin_nested():
            return _route(session, event, recipients, now)
    except Exception as error:
        if will_pass(error):
            raise
        event.routing_error = ascii(error)[:ERROR_MAXIMUM]
        log.exception("routing_failed", seq=event.seq, event_id=str(event.id), request_id=event.request_id)
        return 0


def _route(session: Session, event: Event, recipients: Recipients, now: datetime) -> int:
    outdated = mark_outdated(session, event.complaint_id, event.data["version"], now=now)
    owing = kinds.owed_by(event)
    if not owing:
        return outdated
    subject = subject_of_event(event)
    owed = [
        alert_row(subject, one, kind, f"{kind}:{event.id}", now)
        for kind in owing
        for one in recipients.told(kind, subject)
    ]
    return outdated + insert_new(session, owed)
