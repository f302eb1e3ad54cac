"""Alerts that stand in for another one: its repeat, and the one sent anew for a deleted message.

Each of them is the only one of its kind: two unique indexes see to it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alerts.state.alert_state import Row, insert_new, pending_row
from complaints.models import Alert


def is_repeat(alert: Alert) -> bool:
    """Say whether the alert is the repeat of one that may have arrived."""
    return alert.repeats_id is not None


def is_anew(alert: Alert) -> bool:
    """Say whether the alert takes the place of a message that was deleted."""
    return alert.replaces_id is not None


def owe_repeat(session: Session, alert: Alert, *, now: datetime) -> bool:
    """Owe the chat the same alert once more; false where it was owed before."""
    row = copy_row(alert, f"{alert.dedupe_key}:repeat", now=now)
    return insert_new(session, [{**row, "repeats_id": alert.id}]) == 1


def owe_anew(session: Session, alert: Alert, *, now: datetime) -> bool:
    """Owe the chat the same alert in place of its deleted message; false where it was owed before."""
    row = copy_row(alert, f"{alert.dedupe_key}:anew", now=now)
    return insert_new(session, [{**row, "replaces_id": alert.id}]) == 1


def first_key(session: Session, alert: Alert) -> str:
    """Return the key of the alert that this one repeats or replaces, however often; its own for any other."""
    first = alert
    while (before := first.repeats_id or first.replaces_id) is not None:
        first = session.get_one(Alert, before)
    return first.dedupe_key


def copy_row(alert: Alert, key: str, *, now: datetime) -> Row:
    """Return the row of another alert about the same, due now."""
    return pending_row(
        chat_id=alert.chat_id,
        kind=alert.kind,
        key=key,
        priority=alert.priority,
        now=now,
        complaint_id=alert.complaint_id,
        event_seq=alert.event_seq,
        rerouted_from=alert.rerouted_from,
        request_id=alert.request_id,
    )
