"""`/start`, `/link` and `/stop`."""

import html

from complaints.alert_words import ChatReason
from complaints.alerts.state.chat_state import leave
from complaints.chats.linking import ChatAddress, link_chat, wake_up
from complaints.errors import Forbidden
from workers.errors import Declined
from workers.telegram.commands.command import Command
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.reply_texts import fill


def start(command: Command) -> Effects:
    """Link, or wake up what was linked."""
    if command.argument:
        return link(command)
    chat = command.linked_chat() if command.is_private else command.managed_chat()
    wake_up(command.session, chat, now=command.now)
    return command.reply(chat, fill(texts.WELCOME_BACK, name=chat.operator.name))


def link(command: Command) -> Effects:
    """Make the chat or topic that of the operator who made the token: the token is the proof."""
    if not command.argument:
        raise Declined(texts.HELP_STRANGER if command.is_private else texts.HELP_STRANGE_GROUP)
    try:
        linked = link_chat(command.session, command.argument, _seat(command), now=command.now)
    except Forbidden as error:
        raise Declined(html.escape(error.detail, quote=False)) from error
    if linked is None:
        return command.say(texts.TOKEN_NOT_GOOD)
    return command.reply(linked, fill(texts.LINKED, name=linked.operator.name))


def stop(command: Command) -> Effects:
    """End the alerts of a linked chat."""
    chat = command.managed_chat()
    leave(command.session, chat, ChatReason.STOPPED, now=command.now)
    return command.reply(chat, texts.STOPPED)


def _seat(command: Command) -> ChatAddress:
    place = command.message.chat
    title = command.person.name if command.is_private else place.name
    return ChatAddress(place.id, place.type, title, command.message.thread_id)
