"""The world behind the Bot API: users, chats, messages, callback queries, and what the bot registered."""

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.base.refusals import ScriptError, bad_request
from sandbox.world.change_log import ChangeLog
from sandbox.world.faults import FaultBook
from sandbox.world.rate_windows import RateWindows
from sandbox.world.storage import open_storage
from sandbox.world.update_queue import UpdateQueue
from sandbox.world.users_and_chats import GROUP, PRIVATE, STRANGER, TelegramChat, User

DEFAULT_USER = User(1001, "Ada", "Admin", "ada_admin")
FIRST_GROUP = -4001
FIRST_SUPERGROUP = -1_000_000_005_001

Message = dict[str, Any]


@dataclass
class CallbackQuery:
    """A pressed button that waits for answerCallbackQuery."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    asked: float
    answered: bool = False


class World:
    """All state, behind one lock. Whoever calls a method holds ``lock``; ``changed`` tells of new updates."""

    def __init__(
        self, *, bot: dict[str, Any], limits: RateWindows, seed: int, query_seconds: float, state: Path | None
    ) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.bot = bot
        self.limits = limits
        self.query_seconds = query_seconds
        self.faults = FaultBook(seed)
        self.feed = ChangeLog()
        self.storage = open_storage(state)
        self.updates = UpdateQueue(self.storage)
        self._start_empty()
        self._restore()

    def _start_empty(self) -> None:
        self.users: dict[int, User] = {}
        self.chats: dict[int, TelegramChat] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.queries: dict[str, CallbackQuery] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}

    def _restore(self) -> None:
        for _, kept in self.storage.all("user"):
            self.users[kept["id"]] = User(**kept)
        for _, kept in self.storage.all("chat"):
            self.chats[kept["id"]] = TelegramChat.restored(kept)
            self.messages[kept["id"]] = {}
        for _, message in self.storage.all("message"):
            self.messages[message["chat"]["id"]][message["message_id"]] = message
        for _, kept in self.storage.all("bot"):
            self.commands, self.webhook = kept["commands"], kept["webhook"]
        self.updates.restore()
        if not self.users:
            self.add_user(User(**asdict(DEFAULT_USER)))

    def reset(self) -> None:
        """Begin anew with the default user; update ids go on, so that nobody takes a new one for a repeat."""
        self.storage.clear()
        next_id = self.updates.next_id
        self.updates = UpdateQueue(self.storage, next_id=next_id, polls=self.updates.polls)
        self._start_empty()
        self.faults.clear()
        self.limits.forget()
        self._restore()
        self.changed.notify_all()
        self.feed.publish({"type": "reset"})

    def add_user(self, user: User) -> None:
        self.users[user.id] = user
        self.storage.put("user", user.id, asdict(user))
        self.add_chat(TelegramChat(user.id, PRIVATE, user.name, [user.id], bot=STRANGER))

    def add_chat(self, chat: TelegramChat) -> None:
        self.messages[chat.id] = {}
        self.chats[chat.id] = chat
        self.save_chat(chat)

    def save_chat(self, chat: TelegramChat) -> None:
        self.storage.put("chat", chat.id, chat.kept())
        self.feed.publish({"type": "chat", "chat": self.show_chat(chat)})

    def save_bot(self) -> None:
        self.storage.put("bot", 0, {"commands": self.commands, "webhook": self.webhook})

    def show_chat(self, chat: TelegramChat) -> dict[str, Any]:
        """A chat as the page and the scripting API see it."""
        user = self.users[chat.id].wire() if chat.type == PRIVATE else None
        return {**chat.kept(), "user": user}

    def wire_chat(self, chat: TelegramChat) -> dict[str, Any]:
        return chat.wire(self.users[chat.id] if chat.type == PRIVATE else None)

    def next_group_id(self) -> int:
        return min([FIRST_GROUP, *(c.id - 1 for c in self.chats.values() if c.type == GROUP)])

    def next_supergroup_id(self) -> int:
        return min([FIRST_SUPERGROUP, *(chat_id - 1 for chat_id in self.chats)])

    def chat(self, chat_id: int) -> TelegramChat:
        """The chat of a script; raises ScriptError where there is none."""
        if chat_id not in self.chats or self.chats[chat_id].deleted:
            raise ScriptError(f"there is no chat {chat_id}")
        return self.chats[chat_id]

    def user(self, user_id: int) -> User:
        if user_id not in self.users:
            raise ScriptError(f"there is no user {user_id}")
        return self.users[user_id]

    def writable_chat(self, chat_id: int) -> TelegramChat:
        """The chat that the bot wants to write to; raises Telegram's Refusal where it can't."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if refusal := chat.refusal():
            raise refusal
        return chat

    def post(self, chat: TelegramChat, sender: dict[str, Any], content: dict[str, Any]) -> Message:
        """Put a message into a chat."""
        chat.last_message_id += 1
        message = {
            "message_id": chat.last_message_id,
            "from": sender,
            "chat": self.wire_chat(chat),
            "date": int(time.time()),
            **content,
        }
        self.storage.put("chat", chat.id, chat.kept())
        self.save_message(chat, message)
        return message

    def save_message(self, chat: TelegramChat, message: Message) -> None:
        self.messages[chat.id][message["message_id"]] = message
        self.storage.put("message", _message_key(chat.id, message["message_id"]), message)
        self.feed.publish({"type": "message", "chat_id": chat.id, "message": message})

    def remove_message(self, chat: TelegramChat, message_id: int) -> None:
        del self.messages[chat.id][message_id]
        self.storage.drop("message", _message_key(chat.id, message_id))
        self.feed.publish({"type": "deleted", "chat_id": chat.id, "message_id": message_id})

    def tell_bot(self, kind: str, value: dict[str, Any]) -> dict[str, Any] | None:
        """Queue an update and wake whoever polls or pushes."""
        update = self.updates.add(kind, value)
        self.changed.notify_all()
        return update

    def controls(self) -> dict[str, Any]:
        """Faults and limits in force."""
        limits = self.limits
        rates = {"all": str(limits.all), "chat": str(limits.chat), "group": str(limits.group)}
        return {"faults": self.faults.listed(), "limits": {"on": limits.on, **rates}}

    def tell_controls(self) -> None:
        """Let the page know that faults or limits changed."""
        with self.lock:
            self.feed.publish({"type": "controls", **self.controls()})

    def ask(self, chat: TelegramChat, message_id: int, user_id: int) -> CallbackQuery:
        """Open a callback query for a pressed button; those that nobody may answer any more are forgotten."""
        now = time.monotonic()
        self.queries = {q.id: q for q in self.queries.values() if now - q.asked <= self.query_seconds}
        query = CallbackQuery(uuid.uuid4().hex, user_id, chat.id, message_id, now)
        self.queries[query.id] = query
        return query

    def visible_chats(self) -> Iterator[TelegramChat]:
        return (c for c in self.chats.values() if not c.deleted and c.migrated_to is None)


def _message_key(chat_id: int, message_id: int) -> int:
    """One SQLite integer per message: chats are below 2**40 in size, ids of messages below 2**22."""
    return (chat_id << 22) | message_id
