"""The moment before the request: from here on, silence means `unknown`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from complaints.alert_words import REASON_LENGTH, AlertState, AttemptOutcome
from complaints.alerts.queue.leases import extend
from complaints.alerts.queue.prepare import Job
from complaints.alerts.state.alert_state import begin_sending
from complaints.ids import new_id
from complaints.models import Alert, AlertAttempt


def mark_sending(session: Session, job: Job, *, now: datetime) -> UUID | None:
    """Mark the alert `sending`, lengthen the lease, open an attempt and return its id.

    None where the lease was lost or the alert settled meanwhile: then nothing may be sent. Commit before the
    request.
    """
    if not extend(session, job.chat_id, job.lease, now=now):
        return None
    query = update(Alert).where(Alert.id == job.alert_id, Alert.state == AlertState.PENDING)
    shown = None if job.complaint is None else job.complaint.version
    if not begin_sending(session, query, shown_version=shown):
        return None
    return _open_attempt(session, job.alert_id, now).id


def note_attempt(
    session: Session, alert_id: UUID, outcome: AttemptOutcome, detail: str, *, now: datetime
) -> int:
    """Record a try to edit the alert's message; return how many ended like this."""
    attempt = _open_attempt(session, alert_id, now)
    attempt.finished_at, attempt.outcome, attempt.detail = now, outcome, detail[:REASON_LENGTH]
    session.flush()
    alike = select(func.count()).select_from(AlertAttempt)
    query = alike.where(AlertAttempt.alert_id == alert_id, AlertAttempt.outcome == outcome)
    return session.scalar(query) or 0


def _open_attempt(session: Session, alert_id: UUID, now: datetime) -> AlertAttempt:
    highest = select(func.coalesce(func.max(AlertAttempt.number), 0)).where(AlertAttempt.alert_id == alert_id)
    number = (session.scalar(highest) or 0) + 1
    attempt = AlertAttempt(id=new_id(), alert_id=alert_id, number=number, started_at=now)
    session.add(attempt)
    return attempt
