"""The tries of an alert: each is a row, opened before the request and finished by what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.alert_words import REASON_LENGTH, AttemptOutcome
from complaints.alerts.outcome.outcomes import Outcome
from complaints.ids import new_id
from complaints.models import Alert, AlertAttempt


def open_attempt(session: Session, alert_id: UUID, now: datetime) -> AlertAttempt:
    """Add a try that has just begun, under the next number."""
    highest = select(func.coalesce(func.max(AlertAttempt.number), 0)).where(AlertAttempt.alert_id == alert_id)
    number = (session.scalar(highest) or 0) + 1
    attempt = AlertAttempt(id=new_id(), alert_id=alert_id, number=number, started_at=now)
    session.add(attempt)
    return attempt


def finish_attempt(attempt: AlertAttempt, outcome: Outcome, now: datetime) -> None:
    """Record what became of the try."""
    attempt.finished_at = now
    attempt.outcome = outcome.word
    attempt.detail = getattr(outcome, "reason", "")[:REASON_LENGTH] or None


def note_attempt(
    session: Session, alert_id: UUID, outcome: AttemptOutcome, detail: str, *, now: datetime
) -> int:
    """Record a try to edit the alert's message; return how many ended like this."""
    attempt = open_attempt(session, alert_id, now)
    attempt.finished_at, attempt.outcome, attempt.detail = now, outcome, detail[:REASON_LENGTH]
    session.flush()
    return tries_ended(session, alert_id, outcome)


def tries_ended(session: Session, alert_id: UUID, outcome: AttemptOutcome) -> int:
    """Return how many of the alert's tries, as they were written, ended like this."""
    alike = select(func.count()).select_from(AlertAttempt)
    query = alike.where(AlertAttempt.alert_id == alert_id, AlertAttempt.outcome == outcome)
    return session.scalar(query) or 0


def was_refused(session: Session, alert: Alert) -> bool:
    """Say whether Telegram refused an earlier attempt for its markup, or for what nobody knows: it may be that."""
    refusals = (AttemptOutcome.UNPARSABLE, AttemptOutcome.FAILED)
    query = select(AlertAttempt.id).where(
        AlertAttempt.alert_id == alert.id, AlertAttempt.outcome.in_(refusals)
    )
    return session.scalar(query.limit(1)) is not None
