"""What the buttons under an alert do; each returns the answer to the press, or raises what refuses it."""

from collections.abc import Callable

from complaints.alerts.messages.picture_replies import owe_albums
from complaints.alerts.messages.replies import owe_question
from complaints.alerts.messages.sent_messages import find_message
from complaints.alerts.state.chat_state import find_chat, is_linked
from complaints.errors import Refused
from complaints.models import Chat
from complaints.texts.chat_text import as_said
from complaints.verbs import assign
from complaints.words import CLOSED, Status
from workers.render.complaint_message import ACKNOWLEDGE, PHOTOS, REOPEN, RESOLVE, START, TAKE
from workers.telegram.handlers.complaint_action import Action, already, change
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.reply_texts import fill


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
        whose = "yours" if holder.id == action.operator.id else f"{as_said(holder.name)}'s"
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


def show_photos(action: Action) -> str:
    """Send the pictures to who pressed, in their own chat."""
    own = find_chat(action.session, action.person.id)
    if own is None or not is_linked(own):
        raise Refused(texts.LINK_FIRST)
    count = owe_albums(action.session, own, action.update_id, action.complaint.id, now=action.now)
    if not count:
        raise Refused(texts.NO_PHOTOS)
    elsewhere = action.message is not None and not action.message.chat.is_private
    return texts.PHOTOS_IN_YOUR_CHAT if elsewhere else texts.PHOTOS_FOLLOW


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


LOOKS = frozenset({PHOTOS})
"""What changes nothing, so that whoever may see the complaint may do it."""
ACTIONS: dict[str, Callable[[Action], str]] = {
    ACKNOWLEDGE: acknowledge,
    TAKE: take,
    START: start,
    RESOLVE: resolve,
    REOPEN: ask,
    PHOTOS: show_photos,
}
