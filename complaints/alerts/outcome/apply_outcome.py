"""Settling: one outcome changes one alert, in one place."""

from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, AttemptOutcome, Reason, ReasonCode
from complaints.alerts.messages.live_edits import DEBOUNCE, is_outdated
from complaints.alerts.messages.picture_replies import URGENT, owe_picture_replies
from complaints.alerts.outcome.attempts import finish_attempt, tries_ended
from complaints.alerts.outcome.outcomes import (
    Failed,
    Gone,
    Hold,
    Moved,
    NotSent,
    Outcome,
    PolledElsewhere,
    Sent,
    TokenRefused,
    Unknown,
    Unparsable,
    Unreachable,
)
from complaints.alerts.outcome.possibly_missed import become_unknown, forget_doubts
from complaints.alerts.outcome.rerouting import mark_unreachable
from complaints.alerts.outcome.retry_backoff import MAX_AGE, MAX_TRIES, pause_after
from complaints.alerts.state.alert_state import end, wait
from complaints.alerts.state.chat_state import move
from complaints.models import Alert, AlertAttempt

log = structlog.get_logger()

Attempted = Sent | NotSent | Unreachable | Unknown | Unparsable | Failed | Gone | PolledElsewhere
REFUSALS_IN_A_ROW = 3  # of reasons that nobody knows: then they are the chat's fault
MOVES_OF_ONE_ALERT = (
    3  # a group moves once; who is sent on and on, or back to where they were, arrives nowhere
)
STILL_OPEN_TO_A_LATE_ANSWER = (AlertState.UNKNOWN, AlertState.PENDING, AlertState.FAILED)


def settle(session: Session, attempt_id: UUID, outcome: Outcome, *, now: datetime) -> str:
    """Apply the outcome of an attempt to its alert and return the alert's state.

    An attempt that was settled before, because its sender seemed to have vanished, is changed only by the news
    that the message did arrive.
    """
    attempt = session.get_one(AlertAttempt, attempt_id)
    alert = session.scalars(
        select(Alert)
        .where(Alert.id == attempt.alert_id)
        .with_for_update(of=Alert)
        .execution_options(populate_existing=True)
    ).one()
    if attempt.finished_at is not None:
        return _settle_late(session, attempt, alert, outcome, now)
    finish_attempt(attempt, outcome, now)
    _apply(session, alert, outcome, now)
    return alert.state


def settle_vanished(session: Session, alert: Alert, *, now: datetime) -> None:
    """Settle an alert whose sender's lease ran out while it was `sending`; free its chat."""
    outcome = Unknown("the sender vanished before it could record an answer")
    open_attempts = select(AlertAttempt).where(
        AlertAttempt.alert_id == alert.id, AlertAttempt.finished_at.is_(None)
    )
    for attempt in session.scalars(open_attempts):
        finish_attempt(attempt, outcome, now)
    alert.chat.lease_token = None
    _apply(session, alert, outcome, now)


def skip(alert: Alert, reason: Reason) -> None:
    """Record that the alert is not needed any more."""
    end(alert, AlertState.SKIPPED, reason)


def _settle_late(
    session: Session, attempt: AlertAttempt, alert: Alert, outcome: Outcome, now: datetime
) -> str:
    if isinstance(outcome, Sent) and alert.state in STILL_OPEN_TO_A_LATE_ANSWER:
        finish_attempt(attempt, outcome, now)
        _arrive(session, alert, outcome, now)
        forget_doubts(session, alert)
    return alert.state


def _apply(session: Session, alert: Alert, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Hold | Moved | TokenRefused):
        _set_aside(session, alert, outcome, now)
    else:
        alert.attempts += 1
        _use_attempt(session, alert, outcome, now)


def _set_aside(session: Session, alert: Alert, outcome: Hold | Moved | TokenRefused, now: datetime) -> None:
    match outcome:
        case Hold(seconds=seconds):
            until = now + timedelta(seconds=seconds)
            wait(alert, Reason("Telegram asked to wait", ReasonCode.ON_HOLD), until)
            alert.chat.held_until = until
        case TokenRefused(reason=reason):
            wait(alert, Reason(reason), now)
        case Moved(new_chat_id=new_chat_id):
            wait(alert, Reason("the group has a new id", ReasonCode.GROUP_MOVED), now)
            session.flush()
            if tries_ended(session, alert.id, AttemptOutcome.MOVED) > MOVES_OF_ONE_ALERT:
                mark_unreachable(session, alert.chat, "Telegram names one new id after another", now=now)
            else:
                move(session, alert.chat, new_chat_id, now=now)


def _use_attempt(session: Session, alert: Alert, outcome: Attempted, now: datetime) -> None:
    match outcome:
        case Sent():
            _arrive(session, alert, outcome, now)
        case NotSent(reason=reason):
            _try_again(session, alert, reason, now)
        case Unreachable(reason=reason):
            wait(alert, Reason(reason), now)
            session.flush()
            mark_unreachable(session, alert.chat, reason, now=now)
        case Unknown(reason=reason):
            end(alert, AlertState.UNKNOWN, Reason(reason))
            become_unknown(session, alert, now=now)
        case Unparsable(reason=reason):
            _try_plain_or_fail(session, alert, reason, now)
        case Failed(reason=reason, unlisted=True):
            _count_against_chat(session, alert, reason, now)
        case Failed(reason=reason) | Gone(reason=reason) | PolledElsewhere(reason=reason):
            end(alert, AlertState.FAILED, Reason(reason))
        case _:
            assert_never(outcome)


def _arrive(session: Session, alert: Alert, outcome: Sent, now: datetime) -> None:
    """What changed while the message was on its way is shown by an edit."""
    end(alert, AlertState.SENT, None)
    alert.message_id = outcome.message_id
    alert.sent_at = now
    if alert.chat.refusals:
        alert.chat.refusals = 0
    if is_outdated(session, alert):
        alert.edit_due_at = now + DEBOUNCE
    if alert.complaint_id is not None and alert.priority <= URGENT:
        session.flush()
        owe_picture_replies(session, alert.complaint_id, now=now)


def _try_again(session: Session, alert: Alert, reason: str, now: datetime) -> None:
    """The day counts from the first try: what waited for an outage to end has not been tried."""
    first = select(func.min(AlertAttempt.started_at)).where(AlertAttempt.alert_id == alert.id)
    began = session.scalar(first) or now
    if alert.attempts >= MAX_TRIES or now - began > MAX_AGE:
        end(alert, AlertState.FAILED, Reason(reason))
    else:
        wait(alert, Reason(reason), now + pause_after(alert.attempts))


def _try_plain_or_fail(session: Session, alert: Alert, reason: str, now: datetime) -> None:
    log.error("template_refused", alert=str(alert.id), kind=alert.kind, reason=reason)
    session.flush()
    query = select(AlertAttempt.number).where(
        AlertAttempt.alert_id == alert.id, AlertAttempt.outcome == AttemptOutcome.UNPARSABLE
    )
    if len(session.scalars(query).all()) > 1:
        end(alert, AlertState.FAILED, Reason(reason))
    else:
        wait(alert, Reason(reason), now)


def _count_against_chat(session: Session, alert: Alert, reason: str, now: datetime) -> None:
    """What nobody knows is the chat's fault where it comes a few times in a row; then its alerts go elsewhere.

    A copy for a fallback chat counts against nobody: were the text at fault, it would take one chat after another.
    """
    is_copy = alert.rerouted_from is not None
    if is_copy and alert.attempts >= REFUSALS_IN_A_ROW:
        end(alert, AlertState.FAILED, Reason(reason))
        return
    wait(alert, Reason(reason), now + pause_after(alert.attempts))
    if not is_copy:
        alert.chat.refusals += 1
        session.flush()
        if alert.chat.refusals >= REFUSALS_IN_A_ROW:
            mark_unreachable(session, alert.chat, reason, now=now)
