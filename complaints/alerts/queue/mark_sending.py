"""The moment before the request: from here on, silence means `unknown`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState
from complaints.alerts.outcome.attempts import open_attempt
from complaints.alerts.queue.job import Job
from complaints.alerts.queue.leases import extend
from complaints.alerts.state.alert_state import begin_sending
from complaints.models import Alert


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
    return open_attempt(session, job.alert_id, now).id
