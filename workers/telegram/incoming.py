"""Updates as far as we read them, checked: Telegram's servers are trusted, what people put in is not."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[int, Field(ge=-(2**53), le=2**53)]  # Bot API: at most 52 significant bits


class Shape(BaseModel):
    """A part of an update; fields we don't know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(Shape):
    """Who wrote or pressed."""

    id: Id
    first_name: str = ""
    last_name: str | None = None

    @property
    def name(self) -> str:
        """What the person is called at Telegram."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or str(self.id)


class Place(Shape):
    """The chat it happened in."""

    id: Id
    type: str


class Letter(Shape):
    """A message, or what is left of one that is too old."""

    message_id: Id
    chat: Place
    sender: Person | None = Field(default=None, alias="from")
    text: str | None = None


class Press(Shape):
    """A pressed button."""

    id: Annotated[str, Field(max_length=200)]
    sender: Person = Field(alias="from")
    data: str | None = None
    message: Letter | None = None


class Standing(Shape):
    """What the bot is to a chat now."""

    status: str


class Membership(Shape):
    """The bot was blocked, removed, or let in again."""

    chat: Place
    new_chat_member: Standing


class Update(Shape):
    """One update; at most one of the others is there."""

    update_id: int
    message: Letter | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None


KINDS = ["message", "callback_query", "my_chat_member"]
"""What we ask Telegram for."""
