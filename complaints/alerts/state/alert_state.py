"""The one place where an alert's row is made and its state changes, so that nobody can forget to tell of it.

Changes are noted in the session that makes them, for whoever tells of them after its commit. What is about no
complaint (digests, notices) is not noted: nobody has it open. A note says too much where its savepoint is rolled
back, and too little of a transaction that changes very many: nobody may rely on it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, object_session
from sqlalchemy.sql.dml import Update

from complaints.alert_words import NO_REASON, AlertState, Reason
from complaints.db import insert_ignoring
from complaints.ids import new_id
from complaints.models import Alert

NOTED = "changed_alerts"
NOTED_MAXIMUM = 500

Row = dict[str, Any]
Change = tuple[str, str, str]
"""The complaint's id, the alert's, and the state that the alert is in now."""


def pending_row(*, chat_id: UUID, kind: str, key: str, priority: int, now: datetime, **columns: Any) -> Row:
    """Return the row of an alert that is owed to the chat, due now unless `next_attempt_at` says otherwise."""
    return {
        "id": new_id(),
        "chat_id": chat_id,
        "kind": kind,
        "dedupe_key": key,
        "priority": priority,
        "state": AlertState.PENDING,
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
        **columns,
    }


def failed_row(row: Row, reason: Reason) -> Row:
    """Return the pending row as that of an alert which can't be sent to anybody, visibly."""
    return {**row, "state": AlertState.FAILED, "next_attempt_at": None, **reason.columns}


def insert(session: Session, row: Row) -> Alert:
    """Insert one alert, whose key must be new to its chat."""
    alert = Alert(**row)
    session.add(alert)
    session.flush()
    return alert


def insert_new(session: Session, rows: Sequence[Row]) -> int:
    """Insert the alerts that their chats are not owed already; return how many there were."""
    return insert_ignoring(session, Alert, list(rows))


def end(alert: Alert, state: AlertState, reason: Reason | None) -> None:
    """Settle the alert; nothing further is due of it."""
    _put(alert, state, reason, None)


def wait(alert: Alert, reason: Reason, until: datetime) -> None:
    """Let the alert be tried (again) at that time."""
    _put(alert, AlertState.PENDING, reason, until)


def explain(alert: Alert, reason: Reason) -> None:
    """Say more of the alert, whose state stays."""
    alert.reason, alert.reason_code = reason.columns["reason"], reason.columns["reason_code"]


def end_all(session: Session, query: Update, state: AlertState, reason: Reason | None, **columns: Any) -> int:
    """Settle all alerts that the update is about; return how many there were."""
    said = NO_REASON if reason is None else reason.columns
    return _put_all(session, query, state, next_attempt_at=None, **said, **columns)


def owe_again(session: Session, query: Update, *, now: datetime) -> int:
    """Make all alerts that the update is about pending again, due now; return how many there were."""
    return _put_all(session, query, AlertState.PENDING, next_attempt_at=now, **NO_REASON)


def begin_sending(session: Session, query: Update, **columns: Any) -> int:
    """Mark what the update is about `sending`, whatever reason it had to wait; return how many there were."""
    return _put_all(session, query, AlertState.SENDING, next_attempt_at=None, **columns)


def take_noted(session: Session) -> list[Change]:
    """Return what was noted since the last time, each alert once, in its last state."""
    noted: dict[str, Change] = session.info.pop(NOTED, {})
    return list(noted.values())


def _put(alert: Alert, state: AlertState, reason: Reason | None, due: datetime | None) -> None:
    said = NO_REASON if reason is None else reason.columns
    alert.state, alert.next_attempt_at = state, due
    alert.reason, alert.reason_code = said["reason"], said["reason_code"]
    session = object_session(alert)
    if session is not None:
        _note(session, alert.id, alert.complaint_id, state)


def _put_all(session: Session, query: Update, state: AlertState, **columns: Any) -> int:
    returned = query.values(state=state, **columns).returning(Alert.id, Alert.complaint_id)
    rows = session.execute(returned).all()
    for alert_id, complaint_id in rows:
        _note(session, alert_id, complaint_id, state)
    return len(rows)


def _note(session: Session, alert_id: UUID, complaint_id: UUID | None, state: AlertState) -> None:
    noted: dict[str, Change] = session.info.setdefault(NOTED, {})
    if complaint_id is not None and len(noted) < NOTED_MAXIMUM:
        noted[str(alert_id)] = (str(complaint_id), str(alert_id), state)
