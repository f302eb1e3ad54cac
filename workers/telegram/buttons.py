"""Buttons under alerts: the same verbs and rights as the API's.

Who acts is the operator whose own private chat is linked; a group grants nobody anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.accounts.rights import require_agent, sites_of
from complaints.alerts.linking import operator_behind
from complaints.alerts.live import mark_pressed
from complaints.alerts.standing import standing_of
from complaints.errors import RedressError, Refused, TransitionRefused
from complaints.events import Actor
from complaints.ids import parse_id
from complaints.models import Complaint, Operator
from complaints.queries.finding import find_locked
from complaints.verbs import assign, change_status
from complaints.words import Status
from workers.render.complaint import ACKNOWLEDGE, RESOLVE, TAKE
from workers.telegram import texts
from workers.telegram.effects import CallbackAnswer, Effects
from workers.telegram.incoming import Press

ANSWER_LENGTH = 200  # Bot API: answerCallbackQuery


@dataclass(frozen=True, slots=True)
class Action:
    """One press, with whom it comes from and the complaint it is about, locked."""

    session: Session
    complaint: Complaint
    operator: Operator
    now: datetime
    request_id: str

    @property
    def actor(self) -> Actor:
        """Who the event will name."""
        return Actor("operator", self.operator.id, self.operator.name)


def handle_press(session: Session, update_id: int, press: Press, *, now: datetime) -> Effects:
    """Do what the button says; the press is answered whatever comes of it."""
    word, _, name = (press.data or "").partition(":")
    complaint_id, act = parse_id(name), ACTIONS.get(word)
    if complaint_id is None or act is None:
        answer = CallbackAnswer(press.id, texts.UNKNOWN_BUTTON, alert=True)
        return Effects(answer=answer, error=f"no such button: {press.data!r}")
    operator = operator_behind(session, press.sender.id)
    if operator is None:
        return Effects(answer=CallbackAnswer(press.id, texts.LINK_FIRST, alert=True))
    try:
        require_agent(operator)
        complaint = find_locked(session, str(complaint_id), sites=sites_of(operator))
    except RedressError as error:
        return Effects(answer=_answer(press, error.detail, alert=True))
    action = Action(session, complaint, operator, now, f"telegram-{update_id}")
    try:
        said, wrote = act(action), True
    except RedressError as error:
        said, wrote = error.detail, False
    outdated = _mark_pressed(session, press, complaint_id, now)
    return Effects(answer=_answer(press, said, alert=not wrote), wrote_event=wrote, owes_message=outdated)


def acknowledge(action: Action) -> str:
    """Acknowledge a complaint that was only reported."""
    return _change_status(action, Status.ACKNOWLEDGED)


def resolve(action: Action) -> str:
    """Resolve an open complaint."""
    return _change_status(action, Status.RESOLVED)


def take(action: Action) -> str:
    """Assign to who pressed, unless somebody has it."""
    holder = action.complaint.assignee
    if holder is not None:
        whose = "yours" if holder.id == action.operator.id else f"{holder.name}'s"
        raise Refused(f"{action.complaint.reference} is {whose} already.")
    assign(
        action.session,
        action.complaint,
        assignee=action.operator,
        actor=action.actor,
        now=action.now,
        request_id=action.request_id,
    )
    return f"{action.complaint.reference} is yours."


def _change_status(action: Action, status: Status) -> str:
    reference = action.complaint.reference
    try:
        change_status(
            action.session,
            action.complaint,
            status=status,
            actor=action.actor,
            now=action.now,
            request_id=action.request_id,
        )
    except TransitionRefused as error:
        who = standing_of(action.session, action.complaint.id).actor
        words = Status(action.complaint.status).replace("_", " ")
        raise Refused(f"{reference} is {words} already, by {who or 'somebody'}.") from error
    return f"{reference} {status}."


def _mark_pressed(session: Session, press: Press, complaint_id: UUID, now: datetime) -> bool:
    message = press.message
    return message is not None and mark_pressed(
        session,
        telegram_id=message.chat.id,
        message_id=message.message_id,
        complaint_id=complaint_id,
        now=now,
    )


def _answer(press: Press, text: str, *, alert: bool) -> CallbackAnswer:
    return CallbackAnswer(press.id, text[:ANSWER_LENGTH], alert)


ACTIONS: dict[str, Callable[[Action], str]] = {ACKNOWLEDGE: acknowledge, TAKE: take, RESOLVE: resolve}
