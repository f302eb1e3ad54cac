"""Waits of alerts and edits that are longer than any rule makes them: a clock was ahead when they were written."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, literal, or_, select, update

from complaints.alert_words import AlertKind, ReasonCode
from complaints.alerts.outcome.retry_backoff import LONGEST_SECONDS
from complaints.alerts.recipients.preferences import LONGEST_PATIENCE_SECONDS
from complaints.db import Database, UtcDateTime
from complaints.models import Alert
from complaints.moments import void_after
from complaints.telegram.limiter import LONGEST_HOLD_SECONDS

BACK_OFF = timedelta(seconds=LONGEST_SECONDS)
WAITS: tuple[tuple[ColumnElement[bool], timedelta], ...] = (
    (Alert.held.is_(True), timedelta(hours=26)),  # quiet hours, on a day that has more than 24
    (Alert.kind == AlertKind.DIGEST, timedelta(seconds=LONGEST_PATIENCE_SECONDS)),
    (Alert.reason_code == ReasonCode.ON_HOLD, timedelta(seconds=LONGEST_HOLD_SECONDS)),
)
"""How long an alert waits at most: the first that is so of it counts, else the back-off."""
LONGEST_EDIT = timedelta(seconds=LONGEST_HOLD_SECONDS)


def void_waits_once(db: Database) -> int:
    """Make due what would wait longer than anything may; return how much that was."""
    now = db.now()
    late_alert, late_edit = _waits_too_long(now), Alert.edit_due_at > void_after(now, LONGEST_EDIT)
    with db.read() as session:
        if session.scalar(select(Alert.id).where(or_(late_alert, late_edit)).limit(1)) is None:
            return 0
    with db.write() as session:
        alerts = session.scalars(
            update(Alert).where(late_alert).values(next_attempt_at=now).returning(Alert.id)
        ).all()
        edits = session.scalars(
            update(Alert).where(late_edit).values(edit_due_at=now).returning(Alert.id)
        ).all()
        return len(alerts) + len(edits)


def _waits_too_long(now: datetime) -> ColumnElement[bool]:
    """An index leads to the few that wait longer than the shortest of these."""

    def void(longest: timedelta) -> ColumnElement[datetime]:
        return literal(void_after(now, longest), UtcDateTime())

    voids = [(condition, void(longest)) for condition, longest in WAITS]
    due = Alert.next_attempt_at
    return and_(due > void_after(now, BACK_OFF), due > case(*voids, else_=void(BACK_OFF)))
