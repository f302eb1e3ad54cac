"""Commands in private chats.

| command        | does                                                     |
| -------------- | -------------------------------------------------------- |
| `/start TOKEN` | links the chat to the operator who made the token        |
| `/start`       | lets a linked chat receive alerts again, else tells how to link |
| `/stop`        | ends the alerts                                          |
| `/help`        | tells what there is                                      |

Answers to a linked chat are notices, owed like any alert; strangers are answered at once or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alerts.chats import LEFT, find_chat, is_linked, leave, mark_unreachable
from complaints.alerts.linking import link_private_chat, wake_up
from complaints.alerts.notices import owe_notice
from complaints.models import Chat
from workers.telegram import texts
from workers.telegram.effects import Effects, Say
from workers.telegram.incoming import Letter, Membership, Person
from workers.telegram.texts import fill

PRIVATE = "private"
AWAY = ("kicked", "left")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who said it, to the right of it the argument, and what it is answered from."""

    session: Session
    update_id: int
    person: Person
    argument: str
    now: datetime

    @property
    def chat(self) -> Chat | None:
        """The person's private chat, if it is linked, be it stopped."""
        chat = find_chat(self.session, self.person.id)
        return chat if chat is not None and is_linked(chat) else None

    def reply(self, chat: Chat, text: str) -> Effects:
        """Owe the chat an answer, once for each update."""
        key = f"reply:{self.update_id}"
        request_id = f"telegram-{self.update_id}"
        owe_notice(self.session, chat, key=key, text=text, now=self.now, request_id=request_id)
        return Effects(owes_message=True)

    def say(self, text: str) -> Effects:
        """Answer a stranger."""
        return Effects(say=Say(self.person.id, text))


def handle_letter(session: Session, update_id: int, letter: Letter, *, now: datetime) -> Effects:
    """Do what a message asks for; whatever is not a command in a private chat is passed over."""
    if letter.chat.type != PRIVATE or letter.sender is None or letter.sender.id != letter.chat.id:
        return Effects()
    word, _, argument = (letter.text or "").strip().partition(" ")
    if not word.startswith("/"):
        return Effects()
    name = word[1:].partition("@")[0].lower()
    command = Command(session, update_id, letter.sender, argument.strip(), now)
    return COMMANDS.get(name, unknown)(command)


def handle_membership(session: Session, membership: Membership, *, now: datetime) -> Effects:
    """Record that the bot was blocked or thrown out; being let in again wants a new `/start`."""
    chat = find_chat(session, membership.chat.id)
    status = membership.new_chat_member.status
    if chat is not None and chat.state != LEFT and status in AWAY:
        reason = "the bot was blocked" if membership.chat.type == PRIVATE else "the bot was removed"
        mark_unreachable(session, chat, reason, now=now)
    return Effects()


def start(command: Command) -> Effects:
    """Link, or wake up what was linked."""
    if command.argument:
        return _link(command)
    chat = command.chat
    if chat is None:
        return command.say(texts.HELP_STRANGER)
    if not chat.operator.active:
        return command.say(texts.ACCOUNT_CLOSED)
    wake_up(command.session, chat, now=command.now)
    return command.reply(chat, fill(texts.WELCOME_BACK, name=chat.operator.name))


def stop(command: Command) -> Effects:
    """End the alerts of a linked chat."""
    chat = command.chat
    if chat is None:
        return command.say(texts.HELP_STRANGER)
    leave(command.session, chat, "stopped by /stop", now=command.now)
    return command.reply(chat, texts.STOPPED)


def show_help(command: Command) -> Effects:
    """Tell what there is."""
    chat = command.chat
    if chat is None or chat.state == LEFT:
        return command.say(texts.HELP_STRANGER)
    return command.reply(chat, fill(texts.HELP_LINKED, name=chat.operator.name))


def unknown(command: Command) -> Effects:
    """Point to the help."""
    return command.say(texts.UNKNOWN_COMMAND)


def _link(command: Command) -> Effects:
    linked = link_private_chat(
        command.session,
        command.argument,
        telegram_id=command.person.id,
        title=command.person.name,
        now=command.now,
    )
    if linked is None:
        return command.say(texts.TOKEN_NOT_GOOD)
    return command.reply(linked, fill(texts.LINKED, name=linked.operator.name))


COMMANDS: dict[str, Callable[[Command], Effects]] = {"start": start, "stop": stop, "help": show_help}
