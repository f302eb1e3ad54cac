"""How an alert comes to an end: its state, why, and that nothing is due of it any more."""

from complaints.alerts.changes import note
from complaints.models import Alert

REASON_LENGTH = 320


def end(alert: Alert, state: str, reason: str | None) -> None:
    """Settle the alert; nothing further is due of it."""
    alert.state = state
    alert.reason = None if reason is None else reason[:REASON_LENGTH]
    alert.next_attempt_at = None
    note(alert)
