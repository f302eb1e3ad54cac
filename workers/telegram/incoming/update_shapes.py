"""Updates as far as we read them, checked: Telegram's servers are trusted, what people put in is not."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from complaints.texts.kept_form import as_line
from complaints.texts.visibility import can_be_seen

Id = Annotated[int, Field(ge=-(2**53), le=2**53)]  # Bot API: at most 52 significant bits

QUERY_ID_LENGTH = 200


class UpdatePart(BaseModel):
    """A part of an update; fields we don't know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(UpdatePart):
    """Who wrote or pressed."""

    id: Id
    first_name: str = ""
    last_name: str | None = None

    @property
    def name(self) -> str:
        """What the person is called at Telegram, on one line; their id where nothing of it can be seen."""
        name = as_line(f"{self.first_name} {self.last_name or ''}")
        return name if can_be_seen(name) else str(self.id)


class MessageChat(UpdatePart):
    """The chat it happened in."""

    id: Id
    type: str
    title: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether it is a person's own chat with the bot."""
        return self.type == "private"

    @property
    def name(self) -> str:
        """What the group is called, on one line; its id where nothing of it can be seen."""
        name = as_line(self.title or "")
        return name if can_be_seen(name) else str(self.id)


class RepliedMessage(UpdatePart):
    """The message that another one replies to; in a topic, where nothing is replied to, the topic's first."""

    message_id: Id
    text: str | None = None


class IncomingMessage(UpdatePart):
    """A message, or what is left of one that is too old.

    A group that becomes a supergroup says so twice: in the old chat where it moves to, in the new one where from.
    """

    message_id: Id
    chat: MessageChat
    sender: Person | None = Field(default=None, alias="from")
    text: str | None = None
    message_thread_id: Id | None = None
    is_topic_message: bool = False
    reply_to_message: RepliedMessage | None = None
    migrate_to_chat_id: Id | None = None
    migrate_from_chat_id: Id | None = None

    @property
    def thread_id(self) -> int:
        """The topic it was written in, or 0: replies outside of topics have a thread too, which is none of ours."""
        topic = self.is_topic_message and not self.chat.is_private
        return (self.message_thread_id or 0) if topic else 0


class ButtonPress(UpdatePart):
    """A pressed button."""

    id: Annotated[str, Field(max_length=QUERY_ID_LENGTH)]
    sender: Person = Field(alias="from")
    data: str | None = None
    message: IncomingMessage | None = None


class BotStanding(UpdatePart):
    """What the bot is to a chat now."""

    status: str


class Membership(UpdatePart):
    """The bot was blocked, removed, or let in again."""

    chat: MessageChat
    new_chat_member: BotStanding


class Update(UpdatePart):
    """One update; at most one of the others is there."""

    update_id: int
    message: IncomingMessage | None = None
    callback_query: ButtonPress | None = None
    my_chat_member: Membership | None = None


KINDS = ["message", "callback_query", "my_chat_member"]
"""What we ask Telegram for."""


def query_id_of(payload: Any) -> str | None:
    """Return the id under which a press can be answered, out of an update that may be anything; None for none."""
    press = payload.get("callback_query") if isinstance(payload, dict) else None
    query_id = press.get("id") if isinstance(press, dict) else None
    return query_id if isinstance(query_id, str) and 0 < len(query_id) <= QUERY_ID_LENGTH else None
