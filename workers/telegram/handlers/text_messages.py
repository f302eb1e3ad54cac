"""Messages that people write: commands, and replies to what the bot asked.

| command             | does                                                                     |
| ------------------- | ------------------------------------------------------------------------ |
| `/start TOKEN`      | links the chat to the operator who made the token                        |
| `/link TOKEN`       | the same, in a group or topic                                            |
| `/start`            | lets a linked chat receive alerts again, else tells how to link          |
| `/stop`             | ends the alerts                                                          |
| `/mute`, `/mute 2h` | skips alerts, for a while or until `/unmute`                             |
| `/settings`         | shows what the chat receives, with buttons that change it                |
| `/open`             | lists the open complaints that matter most                               |
| `/status`           | tells how things stand, and what the chat receives                       |
| `/help`             | tells what there is                                                      |
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from workers.errors import Declined
from workers.telegram.commands.command import Command, Ourselves
from workers.telegram.commands.link_commands import link, start, stop
from workers.telegram.commands.look_commands import show_help, show_open, show_status
from workers.telegram.commands.mute_commands import mute, unmute
from workers.telegram.commands.settings_command import show_settings
from workers.telegram.handlers.chat_memberships import follow_migration
from workers.telegram.handlers.reopen_replies import handle_reply
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.update_shapes import IncomingMessage

PLACES = ("private", "group", "supergroup")

COMMANDS: dict[str, Callable[[Command], Effects]] = {
    "start": start,
    "link": link,
    "stop": stop,
    "mute": mute,
    "unmute": unmute,
    "settings": show_settings,
    "open": show_open,
    "status": show_status,
    "help": show_help,
}


def handle_message(
    session: Session, update_id: int, message: IncomingMessage, ours: Ourselves, *, now: datetime
) -> Effects:
    """Do what a message asks for; whatever is neither a command nor a reply to a question is passed over."""
    if message.migrate_to_chat_id is not None or message.migrate_from_chat_id is not None:
        return follow_migration(session, message, now=now)
    if message.sender is None or message.chat.type not in PLACES:
        return Effects()
    word, argument = (*(message.text or "").split(maxsplit=1), "", "")[:2]
    command = Command(session, update_id, message, message.sender, argument.strip(), ours, now)
    act = _action(word, command) if word.startswith("/") else handle_reply
    try:
        return Effects() if act is None else act(command)
    except Declined as declined:
        return command.answer(str(declined))


def _action(word: str, command: Command) -> Callable[[Command], Effects] | None:
    """Return what the word calls for; None in a group where it is meant for another bot, or for none."""
    name, _, addressee = word[1:].lower().partition("@")
    if not command.is_private and addressee and not _is_ours(addressee, command.ours):
        return None
    if command.is_private or addressee:
        return COMMANDS.get(name, unknown)
    return COMMANDS.get(name)


def unknown(command: Command) -> Effects:
    """Point to the help."""
    return command.say(texts.UNKNOWN_COMMAND)


def _is_ours(addressee: str, ours: Ourselves) -> bool:
    """While the bot's name is not known, what Telegram delivers is taken to be meant for it."""
    return ours.username is None or addressee == ours.username.lower()
