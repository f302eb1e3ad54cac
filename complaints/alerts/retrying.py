"""Sending again by hand what failed or may not have arrived."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alerts.changes import note
from complaints.alerts.unknowns import forget_doubts
from complaints.errors import Refused
from complaints.models import Alert

RETRYABLE = ("failed", "unknown")


def retry(session: Session, alert: Alert, *, now: datetime) -> Alert:
    """Make the locked alert pending again, with all its tries before it; raises `Refused` in any other state."""
    if alert.state not in RETRYABLE:
        raise Refused(f"This alert is {alert.state}; only failed and unknown ones can be sent again.")
    forget_doubts(session, alert, reason="the first one is sent again by hand")
    alert.state = "pending"
    alert.attempts = 0
    alert.reason = "sent again by hand"
    alert.next_attempt_at = now
    alert.created_at = now
    note(alert)
    return alert
