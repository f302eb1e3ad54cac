"""Editing sent messages: what became of one edit. A message that is gone is sent anew, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import AttemptOutcome, Reason, ReasonCode
from complaints.alerts.messages.live_edits import DEBOUNCE, is_outdated
from complaints.alerts.messages.repeats import is_anew, owe_anew
from complaints.alerts.outcome.attempts import note_attempt
from complaints.alerts.outcome.outcomes import (
    Gone,
    Hold,
    Moved,
    NotSent,
    Outcome,
    Sent,
    TokenRefused,
    Unknown,
    Unparsable,
    Unreachable,
)
from complaints.alerts.outcome.rerouting import mark_unreachable
from complaints.alerts.outcome.retry_backoff import pause_after
from complaints.alerts.state.alert_state import explain
from complaints.alerts.state.chat_state import move
from complaints.models import Alert

log = structlog.get_logger()

AFTER_NO_CONNECTION_SECONDS = 2.0  # the circuit spaces the tries of an outage
MOST_EDITS_LOST = 5
SENT_ANEW = Reason("its message was deleted, and sent anew", ReasonCode.SENT_ANEW)


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was tried: it was due at `due_at`, and showed `version` of the complaint (None without one).

    `plain` had no markup: Telegram could not use it before.
    """

    alert_id: UUID
    due_at: datetime | None
    version: int | None
    plain: bool


def settle_edit(session: Session, edit: Edit, outcome: Outcome, *, now: datetime) -> str:
    """Apply the outcome of an edit to the alert whose message it was; return the alert's state."""
    query = select(Alert).where(Alert.id == edit.alert_id).with_for_update(of=Alert)
    alert = session.scalars(query.execution_options(populate_existing=True)).one()
    match outcome:
        case Sent():
            _record_shown(session, alert, edit, now)
        case Gone():
            _send_anew(session, alert, now)
        case Unparsable(reason=reason):
            _edit_plain_or_leave(session, alert, edit, reason, now)
        case Unknown(reason=reason):
            _edit_again_or_leave(session, alert, reason, now)
        case Moved(new_chat_id=new_chat_id) if new_chat_id == alert.chat.telegram_id and alert.message_id:
            _edit_again_or_leave(session, alert, "Telegram says that the group has the id that it has", now)
        case Hold() | Moved() | Unreachable() | NotSent() | TokenRefused():
            _edit_later(session, alert, outcome, now)
        case _:
            log.error("edit_refused", alert=str(alert.id), reason=outcome.reason)
            note_attempt(session, alert.id, AttemptOutcome.EDIT_REFUSED, outcome.reason, now=now)
            alert.edit_due_at = None
    return alert.state


def _record_shown(session: Session, alert: Alert, edit: Edit, now: datetime) -> None:
    """A change that came after the text was written makes the message outdated anew."""
    if edit.version is not None:
        alert.shown_version = edit.version
    if alert.edit_due_at == edit.due_at:
        alert.edit_due_at = now + DEBOUNCE if is_outdated(session, alert) else None


def _send_anew(session: Session, alert: Alert, now: datetime) -> None:
    alert.message_id, alert.edit_due_at = None, None
    if alert.complaint_id is not None and not is_anew(alert):
        owe_anew(session, alert, now=now)
        explain(alert, SENT_ANEW)


def _edit_plain_or_leave(session: Session, alert: Alert, edit: Edit, reason: str, now: datetime) -> None:
    log.error("template_refused", alert=str(alert.id), kind=alert.kind, reason=reason)
    note_attempt(session, alert.id, Unparsable.word, reason, now=now)
    alert.edit_due_at = None if edit.plain else now


def _edit_again_or_leave(session: Session, alert: Alert, reason: str, now: datetime) -> None:
    """A message that can't be edited, whatever the reason, must not be tried for ever."""
    tries = note_attempt(session, alert.id, AttemptOutcome.EDIT_LOST, reason, now=now)
    alert.edit_due_at = None if tries >= MOST_EDITS_LOST else now + pause_after(tries)
    if alert.edit_due_at is None:
        log.error("edit_given_up", alert=str(alert.id), reason=reason)


def _edit_later(
    session: Session,
    alert: Alert,
    outcome: Hold | Moved | Unreachable | NotSent | TokenRefused,
    now: datetime,
) -> None:
    seconds = outcome.seconds if isinstance(outcome, Hold) else AFTER_NO_CONNECTION_SECONDS
    alert.edit_due_at = now + timedelta(seconds=seconds)
    if isinstance(outcome, Hold):
        alert.chat.held_until = alert.edit_due_at
    session.flush()
    if isinstance(outcome, Moved):
        move(session, alert.chat, outcome.new_chat_id, now=now)
    elif isinstance(outcome, Unreachable):
        mark_unreachable(session, alert.chat, outcome.reason, now=now)
