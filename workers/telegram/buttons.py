"""Pressed buttons: each press is answered, whatever comes of it.

Who acts is the operator whose own private chat is linked; a group grants nobody anything.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.accounts.rights import require_agent, sites_of
from complaints.alerts.chats import find_chat, is_linked
from complaints.alerts.linking import operator_behind
from complaints.alerts.live import mark_pressed
from complaints.alerts.messages import find_message
from complaints.alerts.replies import owe_question
from complaints.errors import RedressError, Refused
from complaints.ids import parse_id
from complaints.models import Chat, Operator
from complaints.queries.finding import find_locked
from complaints.verbs import assign
from complaints.words import CLOSED, Status
from workers.render.complaint import ACKNOWLEDGE, REOPEN, RESOLVE, START, TAKE
from workers.render.screen import SET
from workers.telegram import texts
from workers.telegram.acting import Action, already, change
from workers.telegram.effects import CallbackAnswer, Effects
from workers.telegram.incoming import Press
from workers.telegram.panel import press_panel
from workers.telegram.texts import fill

ANSWER_LENGTH = 200  # Bot API: answerCallbackQuery


def handle_press(session: Session, update_id: int, press: Press, *, now: datetime) -> Effects:
    """Do what the button says."""
    word, _, rest = (press.data or "").partition(":")
    operator = operator_behind(session, press.sender.id)
    try:
        if word == SET:
            return _answered(press, press_panel(session, press, rest, operator, now=now), owes_message=True)
        complaint_id, act = parse_id(rest), ACTIONS.get(word)
        if complaint_id is None or act is None:
            raise Refused(texts.UNKNOWN_BUTTON)
        if operator is None:
            raise Refused(texts.LINK_FIRST)
        return _act(session, update_id, press, complaint_id, act, operator, now)
    except RedressError as error:
        unknown = error.detail == texts.UNKNOWN_BUTTON
        fault = f"no such button: {press.data!r}" if unknown else None
        return _answered(press, error.detail, alert=True, error=fault)


def acknowledge(action: Action) -> str:
    """Acknowledge a complaint that was only reported."""
    change(action, Status.ACKNOWLEDGED)
    return f"{action.complaint.reference} acknowledged."


def start(action: Action) -> str:
    """Begin, or go on with, the work on an open complaint."""
    change(action, Status.IN_PROGRESS)
    return f"{action.complaint.reference} is in progress."


def resolve(action: Action) -> str:
    """Resolve an open complaint."""
    change(action, Status.RESOLVED)
    return f"{action.complaint.reference} resolved."


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


def ask(action: Action) -> str:
    """Ask for the reason to reopen a closed complaint; the reply to the question does it."""
    if Status(action.complaint.status) not in CLOSED:
        raise already(action)
    reference = action.complaint.reference
    question = fill(
        texts.WHY_REOPEN, reference=reference, person=str(action.person.id), name=action.operator.name
    )
    owe_question(
        action.session,
        _asking_chat(action),
        action.update_id,
        reference=reference,
        text=question,
        now=action.now,
    )
    return f"Reply to the next message with the reason to reopen {reference}."


def _asking_chat(action: Action) -> Chat:
    """Ask where the button was pressed; where that is not linked any more, in the person's own chat."""
    message = action.message
    alert = None if message is None else find_message(action.session, message.chat.id, message.message_id)
    if alert is not None and is_linked(alert.chat):
        return alert.chat
    own = find_chat(action.session, action.person.id)
    if own is None:
        raise Refused(texts.LINK_FIRST)
    return own


ACTIONS: dict[str, Callable[[Action], str]] = {
    ACKNOWLEDGE: acknowledge,
    TAKE: take,
    START: start,
    RESOLVE: resolve,
    REOPEN: ask,
}


def _act(
    session: Session,
    update_id: int,
    press: Press,
    complaint_id: UUID,
    act: Callable[[Action], str],
    operator: Operator,
    now: datetime,
) -> Effects:
    require_agent(operator)
    complaint = find_locked(session, str(complaint_id), sites=sites_of(operator))
    action = Action(session, update_id, press.sender, complaint, operator, now, press.message)
    try:
        said, done = act(action), True
    except RedressError as error:
        said, done = error.detail, False
    outdated = _mark_pressed(action)
    return _answered(press, said, alert=not done, wrote_event=done, owes_message=outdated or act is ask)


def _mark_pressed(action: Action) -> bool:
    message = action.message
    return message is not None and mark_pressed(
        action.session,
        telegram_id=message.chat.id,
        message_id=message.message_id,
        complaint_id=action.complaint.id,
        now=action.now,
    )


def _answered(
    press: Press,
    text: str,
    *,
    alert: bool = False,
    wrote_event: bool = False,
    owes_message: bool = False,
    error: str | None = None,
) -> Effects:
    answer = CallbackAnswer(press.id, text[:ANSWER_LENGTH], alert)
    return Effects(answer=answer, wrote_event=wrote_event, owes_message=owes_message, error=error)
