"""Alerts that nobody knows the end of: a critical one goes once more, the others are listed to their chat.

A repeat is a second row, so that the first one keeps its history and a late answer can still settle it. The
list is one notice a chat, to which the doubtful alerts point by `digest_id` until it is sent.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.alerts.notices import owe_notice
from complaints.db import insert_ignoring
from complaints.ids import new_id
from complaints.models import Alert, Complaint
from complaints.words import PRIORITY, Severity

REPEAT = ":repeat"
MISSED = "missed:"
COLLECT = timedelta(seconds=10)
LISTINGS = 3  # a list whose own answer is lost is made again, this many times in all


def become_unknown(session: Session, alert: Alert, *, now: datetime) -> None:
    """See to it that the chat learns of an alert that has just become `unknown`."""
    if is_list_of_missed(alert):
        _list_again(session, alert, now)
    elif alert.complaint_id is None:
        return
    elif alert.priority == PRIORITY[Severity.CRITICAL] and not is_repeat(alert):
        _repeat(session, alert, now)
    else:
        alert.digest_id = _open_list(session, alert, now).id


def forget_doubts(session: Session, alert: Alert, reason: str = "the first one did arrive") -> None:
    """Take back what `become_unknown` did, as far as it has not been sent."""
    alert.digest_id = None
    query = update(Alert).where(
        Alert.chat_id == alert.chat_id,
        Alert.dedupe_key == alert.dedupe_key + REPEAT,
        Alert.state == "pending",
    )
    session.execute(query.values(state="skipped", reason=reason, next_attempt_at=None))


def is_repeat(alert: Alert) -> bool:
    """Say whether the alert is the repeat of one that may have arrived."""
    return alert.dedupe_key.endswith(REPEAT)


def is_list_of_missed(alert: Alert) -> bool:
    """Say whether the alert is a list of possibly missed ones."""
    return alert.kind == "notice" and alert.dedupe_key.startswith(MISSED)


def missed_references(session: Session, alert: Alert) -> tuple[str, ...]:
    """Return the references that the list names, the most urgent first; empty for any other alert."""
    if not is_list_of_missed(alert):
        return ()
    query = (
        select(Complaint.reference)
        .join(Alert, Alert.complaint_id == Complaint.id)
        .where(Alert.digest_id == alert.id, Alert.state == "unknown")
        .order_by(Alert.priority, Alert.id)
    )
    return tuple(dict.fromkeys(session.scalars(query)))


def _repeat(session: Session, alert: Alert, now: datetime) -> None:
    row = {
        "id": new_id(),
        "chat_id": alert.chat_id,
        "complaint_id": alert.complaint_id,
        "event_seq": alert.event_seq,
        "kind": alert.kind,
        "dedupe_key": alert.dedupe_key + REPEAT,
        "priority": alert.priority,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "request_id": alert.request_id,
        "created_at": now,
    }
    insert_ignoring(session, Alert, [row])


def _open_list(session: Session, alert: Alert, now: datetime) -> Alert:
    waiting = select(Alert).where(
        Alert.chat_id == alert.chat_id,
        Alert.state == "pending",
        Alert.kind == "notice",
        Alert.dedupe_key.startswith(MISSED),
    )
    return session.scalar(waiting.limit(1)) or _new_list(session, alert, f"{MISSED}{new_id()}:1", now)


def _list_again(session: Session, lost: Alert, now: datetime) -> None:
    stem, _, number = lost.dedupe_key.rpartition(":")
    if int(number) >= LISTINGS:
        return
    again = _new_list(session, lost, f"{stem}:{int(number) + 1}", now)
    session.execute(update(Alert).where(Alert.digest_id == lost.id).values(digest_id=again.id))


def _new_list(session: Session, alert: Alert, key: str, now: datetime) -> Alert:
    return owe_notice(
        session, alert.chat, key=key, text=None, now=now, due=now + COLLECT, request_id=alert.request_id
    )
