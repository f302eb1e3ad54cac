"""Pressed buttons: each press is answered, whatever comes of it.

Who acts is the operator whose own private chat is linked; a group grants nobody anything.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.accounts.rights import require_agent, sites_of
from complaints.alerts.outcome.pressed_messages import mark_pressed
from complaints.chats.linking import operator_behind
from complaints.errors import RedressError, Refused
from complaints.ids import parse_id
from complaints.queries.finding import find_locked
from workers.render.preferences.page_parts import SET
from workers.telegram.handlers.button_actions import ACTIONS, LOOKS
from workers.telegram.handlers.complaint_action import Action
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import CallbackAnswer, Effects
from workers.telegram.incoming.update_shapes import ButtonPress
from workers.telegram.preferences.settings_buttons import press_panel

ANSWER_LENGTH = 200  # Bot API: answerCallbackQuery


def handle_press(session: Session, update_id: int, press: ButtonPress, *, now: datetime) -> Effects:
    """Do what the button says."""
    try:
        said = _do(session, update_id, press, now)
    except RedressError as error:
        unknown = error.detail == texts.UNKNOWN_BUTTON
        fault = f"no such button: {press.data!r}" if unknown else None
        return Effects(answer=_answer(press, error.detail, alert=True), owes_message=True, error=fault)
    return Effects(answer=_answer(press, said), wrote_event=True, owes_message=True)


def _do(session: Session, update_id: int, press: ButtonPress, now: datetime) -> str:
    word, _, rest = (press.data or "").partition(":")
    operator = operator_behind(session, press.sender.id)
    if word == SET:
        return press_panel(session, press, rest, operator, now=now)
    complaint_id, act = parse_id(rest), ACTIONS.get(word)
    if complaint_id is None or act is None:
        raise Refused(texts.UNKNOWN_BUTTON)
    if operator is None:
        raise Refused(texts.LINK_FIRST)
    if word not in LOOKS:
        require_agent(operator)
    complaint = find_locked(session, str(complaint_id), sites=sites_of(operator))
    action = Action(session, update_id, press.sender, complaint, operator, now, press.message)
    _mark_pressed(action)
    return act(action)


def _mark_pressed(action: Action) -> None:
    """Also where the press comes to nothing: the message that offered it was outdated."""
    if action.message is not None:
        mark_pressed(
            action.session,
            telegram_id=action.message.chat.id,
            message_id=action.message.message_id,
            complaint_id=action.complaint.id,
            now=action.now,
        )


def _answer(press: ButtonPress, text: str, *, alert: bool = False) -> CallbackAnswer:
    return CallbackAnswer(press.id, text[:ANSWER_LENGTH], alert)
