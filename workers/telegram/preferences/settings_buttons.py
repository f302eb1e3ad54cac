"""Buttons of `/settings`: they set what they say, however often they are pressed."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alert_words import ChatState
from complaints.alerts.messages.panels import find_panel, prove_arrival
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.state.chat_state import is_linked
from complaints.chats.change_preferences import lock_chat, tune
from complaints.chats.linking import may_manage
from complaints.errors import Refused
from complaints.models import Alert, Chat, Operator
from workers.render.preferences.settings_message import is_page
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.update_shapes import ButtonPress, IncomingMessage
from workers.telegram.preferences.preference_choices import CHANGES, set_mute

PAGE, MUTE = "page", "mute"


def press_panel(
    session: Session, press: ButtonPress, said: str, operator: Operator | None, *, now: datetime
) -> str:
    """Do what the button said and let the panel be edited; return the answer to the press.

    Raises `Refused` for what means nothing (here, any more), and for who may not manage the chat.
    """
    alert = None if press.message is None else _panel(session, press.message)
    if alert is None or press.message is None:
        raise Refused(texts.UNKNOWN_BUTTON)
    if operator is None:
        raise Refused(texts.LINK_FIRST)
    chat = lock_chat(session, alert.chat_id)
    if not may_manage(operator, chat):
        raise Refused(texts.NOT_YOURS.format(name=chat.operator.name))
    if chat.state not in (ChatState.ACTIVE, ChatState.MUTED):
        raise Refused(texts.START_FIRST)
    prove_arrival(alert, press.message.message_id)
    answer = _turn(session, alert, chat, said, now)
    alert.edit_due_at = now
    return answer


def _panel(session: Session, message: IncomingMessage) -> Alert | None:
    alert = find_panel(session, message.chat.id, message.thread_id, message.message_id)
    return alert if alert is not None and is_linked(alert.chat) else None


def _turn(session: Session, alert: Alert, chat: Chat, said: str, now: datetime) -> str:
    what, _, value = said.partition(":")
    if what == PAGE and is_page(value):
        alert.text = value
        return ""
    try:
        if what == MUTE:
            set_mute(session, chat, value, now=now)
        else:
            wishes = Preferences.stored(chat.preferences)
            tune(session, chat, CHANGES[what](session, chat, wishes, value), now=now)
    except (KeyError, ValueError) as error:
        raise Refused(texts.UNKNOWN_BUTTON) from error
    return texts.SAVED
