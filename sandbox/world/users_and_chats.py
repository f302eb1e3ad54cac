"""Users and chats of the sandbox, and how the Bot API shows them."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.base.refusals import Refusal, bad_request, forbidden, migrated

PRIVATE, GROUP, SUPERGROUP = "private", "group", "supergroup"

# The bot's standing in a chat.
STRANGER, MEMBER, KICKED, LEFT = "stranger", "member", "kicked", "left"


@dataclass
class User:
    """A person with a phone."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def wire(self) -> dict[str, Any]:
        """The User object of the Bot API."""
        return {"is_bot": False, **{key: value for key, value in asdict(self).items() if value}}


@dataclass
class TelegramChat:
    """A private chat (its id is the user's), a group or a supergroup.

    ``bot`` is the bot's standing: ``stranger`` until the user first writes, ``member``, ``kicked`` (blocked,
    in a private chat) or ``left``. ``topics`` maps message_thread_id to name. Ids of messages run per chat.
    """

    id: int
    type: str
    title: str
    members: list[int]
    bot: str = MEMBER
    topics: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    deleted: bool = False
    last_message_id: int = 0

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> "TelegramChat":
        return cls(**{**kept, "topics": {int(key): name for key, name in kept["topics"].items()}})

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def refusal(self) -> Refusal | None:
        """Why the bot can't write here, or None where it can."""
        if self.deleted:
            return bad_request("chat not found")
        if self.migrated_to is not None:
            return migrated(self.migrated_to)
        if self.bot == MEMBER:
            return None
        if self.bot == STRANGER:
            return forbidden("bot can't initiate conversation with a user")
        if self.type == PRIVATE:
            return forbidden("bot was blocked by the user")
        if self.bot == KICKED:
            return forbidden(f"bot was kicked from the {self.type} chat")
        return forbidden(f"bot is not a member of the {self.type} chat")

    def wire(self, user: User | None) -> dict[str, Any]:
        """The Chat object of the Bot API; ``user`` is the one of a private chat."""
        if user is not None:
            names = {"first_name": user.first_name, "last_name": user.last_name, "username": user.username}
            return {"id": self.id, "type": self.type, **{key: name for key, name in names.items() if name}}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.type, "title": self.title, **forum}


def member(user: dict[str, Any], status: str) -> dict[str, Any]:
    """A ChatMember of the Bot API."""
    banned = {"until_date": 0} if status == KICKED else {}
    return {"user": user, "status": status, **banned}
