"""One command: who said it where, and how it is answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alerts.messages.replies import owe_reply
from complaints.alerts.state.chat_state import find_chat, is_linked
from complaints.chats.linking import may_manage, operator_behind
from complaints.models import Chat, Operator
from workers.errors import Declined
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects, Say
from workers.telegram.incoming.update_shapes import IncomingMessage, Person


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What the bot knows of itself; the name is None until the bot process has told it."""

    public_url: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A message that was said to the bot, and to the right of its first word the argument."""

    session: Session
    update_id: int
    message: IncomingMessage
    person: Person
    argument: str
    ours: Ourselves
    now: datetime

    @property
    def chat(self) -> Chat | None:
        """The chat or topic that it was said in, if that is linked, be it stopped."""
        chat = find_chat(self.session, self.message.chat.id, self.message.thread_id)
        return chat if chat is not None and is_linked(chat) else None

    @property
    def is_private(self) -> bool:
        """Whether it was said in the person's own chat with the bot."""
        return self.message.chat.is_private

    def linked_chat(self) -> Chat:
        """Return the chat that it was said in; raises `Declined` where that is not linked."""
        chat = self.chat
        if chat is None:
            raise Declined(texts.HELP_STRANGER if self.is_private else texts.HELP_STRANGE_GROUP)
        if not chat.operator.active:
            raise Declined(texts.ACCOUNT_CLOSED)
        return chat

    def operator(self) -> Operator:
        """Return who says it; raises `Declined` for somebody whose own private chat is not linked."""
        operator = operator_behind(self.session, self.person.id)
        if operator is None:
            raise Declined(texts.LINK_FIRST)
        return operator

    def managed_chat(self) -> Chat:
        """Return the chat that it was said in; raises `Declined` unless it is the person's to manage."""
        chat = self.linked_chat()
        if not may_manage(self.operator(), chat):
            raise Declined(texts.fill(texts.NOT_YOURS, name=chat.operator.name))
        return chat

    def reply(self, chat: Chat, text: str) -> Effects:
        """Owe the chat an answer."""
        owe_reply(self.session, chat, self.update_id, text, now=self.now)
        return Effects(owes_message=True)

    def say(self, text: str) -> Effects:
        """Answer where it was said, now or never: the chat need not be linked."""
        return Effects(say=Say(self.message.chat.id, text, self.message.thread_id))

    def answer(self, text: str) -> Effects:
        """Answer where it was said, in the way that fits."""
        chat = self.chat
        return self.say(text) if chat is None or not chat.operator.active else self.reply(chat, text)
