"""Quiet hours: what comes meanwhile is held back until they end, and goes with the digest then.

When they end is reckoned by `QuietHours` in `recipients/preferences.py`.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState
from complaints.alerts import kinds
from complaints.alerts.recipients.preferences import Preferences
from complaints.models import Alert, Chat
from complaints.words import CRITICAL


def hold_back(session: Session, chat: Chat, preferences: Preferences, *, now: datetime) -> None:
    """Let what is due wait until the chat's quiet hours end; critical alerts pass if they may, answers always."""
    until = preferences.quiet_until(now)
    if until is None or preferences.quiet_hours is None:
        return
    query = update(Alert).where(
        Alert.chat_id == chat.id,
        Alert.state == AlertState.PENDING,
        Alert.next_attempt_at <= now,
        Alert.kind.not_in(kinds.answering()),
    )
    if preferences.quiet_hours.critical_passes:
        query = query.where(Alert.priority > CRITICAL)
    session.execute(query.values(held=True, next_attempt_at=until))


def release_held(session: Session, chat: Chat, *, now: datetime) -> None:
    """Look again at what was held back: the chat's quiet hours have changed."""
    query = update(Alert).where(Alert.chat_id == chat.id, Alert.state == AlertState.PENDING, Alert.held)
    session.execute(query.values(next_attempt_at=now))
