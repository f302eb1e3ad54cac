"""`/mute` and `/unmute`."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from complaints.alert_words import ChatState
from complaints.alerts.recipients.preferences import Preferences
from complaints.chats.muting import mute as mute_chat
from complaints.chats.muting import unmute as unmute_chat
from complaints.models import Chat
from workers.errors import Declined
from workers.render.base.message import moment
from workers.telegram.commands.command import Command
from workers.telegram.commands.time_spans import read_span
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.reply_texts import fill


def mute(command: Command) -> Effects:
    """Let the chat be quiet for a while, or until `/unmute`."""
    chat = _receiving(command)
    span = _span(command.argument)
    until = None if span is None else command.now + span
    mute_chat(command.session, chat, until=until, now=command.now)
    if until is None:
        return command.reply(chat, texts.MUTED)
    zone = ZoneInfo(Preferences.stored(chat.preferences).time_zone)
    return command.reply(chat, fill(texts.MUTED_UNTIL, until=moment(until, zone, now=command.now)))


def unmute(command: Command) -> Effects:
    """Let a muted chat receive alerts again."""
    chat = _receiving(command)
    if chat.state != ChatState.MUTED:
        return command.reply(chat, texts.NOT_MUTED)
    unmute_chat(command.session, chat, now=command.now)
    return command.reply(chat, texts.UNMUTED)


def _receiving(command: Command) -> Chat:
    chat = command.managed_chat()
    if chat.state not in (ChatState.ACTIVE, ChatState.MUTED):
        raise Declined(texts.START_FIRST)
    return chat


def _span(argument: str) -> timedelta | None:
    if not argument:
        return None
    span = read_span(argument)
    if span is None:
        raise Declined(texts.MUTE_HINT)
    return span
