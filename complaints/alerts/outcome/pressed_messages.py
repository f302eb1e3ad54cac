"""Messages whose button was pressed: they are edited now, and one whose answer was lost did arrive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, Reason, ReasonCode
from complaints.alerts.messages.sent_messages import find_message
from complaints.alerts.outcome.possibly_missed import forget_doubts
from complaints.alerts.state.alert_state import end
from complaints.models import Alert, Chat

PRESSED = Reason("its answer was lost, but somebody pressed its button", ReasonCode.PRESSED)


def mark_pressed(
    session: Session, *, telegram_id: int, message_id: int, complaint_id: UUID, now: datetime
) -> bool:
    """Let the message whose button was pressed be edited now; say whether it is about the complaint.

    A press can be forged: a message about another complaint stays as it is. A message that nobody knows is one
    whose answer was lost, and the press is the proof that it arrived.
    """
    known = find_message(session, telegram_id, message_id)
    if known is None:
        known = _recognise(session, telegram_id, message_id, complaint_id, now)
    if known is None or known.complaint_id != complaint_id:
        return False
    known.edit_due_at = now
    return True


def _recognise(
    session: Session, telegram_id: int, message_id: int, complaint_id: UUID, now: datetime
) -> Alert | None:
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id)
    lost = query.where(
        Chat.telegram_id == telegram_id,
        Alert.complaint_id == complaint_id,
        Alert.notice.is_(None),
        Alert.state == AlertState.UNKNOWN,
        Alert.message_id.is_(None),
    )
    alert = session.scalar(lost.order_by(Alert.id).with_for_update(of=Alert).limit(1))
    if alert is not None:
        end(alert, AlertState.SENT, PRESSED)
        alert.message_id, alert.sent_at = message_id, now
        forget_doubts(session, alert)
    return alert
