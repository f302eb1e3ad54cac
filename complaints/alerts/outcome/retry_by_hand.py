"""Sending again by hand what failed or may not have arrived."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, Reason, ReasonCode
from complaints.alerts.outcome.possibly_missed import forget_doubts
from complaints.alerts.state.alert_state import wait
from complaints.errors import Refused
from complaints.models import Alert

RETRYABLE = (AlertState.FAILED, AlertState.UNKNOWN)
SENT_BY_HAND = Reason("sent again by hand", ReasonCode.SENT_BY_HAND)
FIRST_SENT_BY_HAND = Reason("the first one is sent again by hand", ReasonCode.SENT_BY_HAND)


def retry(session: Session, alert: Alert, *, now: datetime) -> Alert:
    """Make the locked alert pending again, with all its tries before it; raises `Refused` in any other state."""
    if alert.state not in RETRYABLE:
        raise Refused(f"This alert is {alert.state}; only failed and unknown ones can be sent again.")
    forget_doubts(session, alert, FIRST_SENT_BY_HAND)
    wait(alert, SENT_BY_HAND, now)
    alert.attempts = 0
    alert.created_at = now
    return alert
