"""Changes of alerts' states, noted in the session that makes them, for whoever tells of them after its commit.

What is about no complaint (digests, notices) is not noted: nobody has it open. A note says too much where its
savepoint is rolled back, and too little of a transaction that changes very many: nobody may rely on it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, object_session
from sqlalchemy.sql.dml import Update

from complaints.models import Alert

NOTED = "changed_alerts"
NOTED_MAXIMUM = 500

Change = tuple[str, str, str]
"""The complaint's id, the alert's, and the state that the alert is in now."""


def note(alert: Alert) -> None:
    """Note that the alert is in another state now."""
    session = object_session(alert)
    if session is not None:
        _note(session, alert.id, alert.complaint_id, alert.state)


def change_state(session: Session, query: Update, state: str) -> int:
    """Run an update of alerts that puts them into `state`, too, and note them; return how many there were."""
    rows = session.execute(query.values(state=state).returning(Alert.id, Alert.complaint_id)).all()
    for alert_id, complaint_id in rows:
        _note(session, alert_id, complaint_id, state)
    return len(rows)


def take_noted(session: Session) -> list[Change]:
    """Return what was noted since the last time, each alert once, in its last state."""
    noted: dict[str, Change] = session.info.pop(NOTED, {})
    return list(noted.values())


def _note(session: Session, alert_id: UUID, complaint_id: UUID | None, state: str) -> None:
    noted: dict[str, Any] = session.info.setdefault(NOTED, {})
    if complaint_id is not None and len(noted) < NOTED_MAXIMUM:
        noted[str(alert_id)] = (str(complaint_id), str(alert_id), state)
