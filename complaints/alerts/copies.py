"""Alerts that stand in for another one: its repeat, and the one sent anew for a deleted message.

The suffix of the unique `dedupe_key` makes each of them the only one of its kind.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.db import insert_ignoring
from complaints.ids import new_id
from complaints.models import Alert

REPEAT = ":repeat"
ANEW = ":anew"


def is_repeat(alert: Alert) -> bool:
    """Say whether the alert is the repeat of one that may have arrived."""
    return alert.dedupe_key.endswith(REPEAT)


def is_anew(alert: Alert) -> bool:
    """Say whether the alert takes the place of a message that was deleted."""
    return alert.dedupe_key.endswith(ANEW)


def owe_copy(session: Session, alert: Alert, suffix: str, *, now: datetime) -> bool:
    """Owe the chat the same alert once more; false where it was owed before."""
    return insert_ignoring(session, Alert, [copy_row(alert, alert.dedupe_key + suffix, now=now)]) == 1


def copy_row(alert: Alert, key: str, *, now: datetime) -> dict[str, Any]:
    """Return the row of another alert about the same, due now."""
    return {
        "id": new_id(),
        "chat_id": alert.chat_id,
        "complaint_id": alert.complaint_id,
        "event_seq": alert.event_seq,
        "kind": alert.kind,
        "dedupe_key": key,
        "priority": alert.priority,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "rerouted_from": alert.rerouted_from,
        "request_id": alert.request_id,
        "created_at": now,
    }
