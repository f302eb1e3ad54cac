"""What people do on their phones: write, press buttons, found groups. Verbs of the scripting API."""

from collections.abc import Sequence
from typing import Any

from sandbox.base.refusals import ScriptError
from sandbox.people.group_membership import GroupMembership
from sandbox.text.entities import detect, trim
from sandbox.world.users_and_chats import (
    GROUP,
    KICKED,
    MEMBER,
    PRIVATE,
    STRANGER,
    SUPERGROUP,
    TelegramChat,
    User,
)
from sandbox.world.world import DEFAULT_USER, CallbackQuery, Message

FIRST_TOPIC = 2


class Phones(GroupMembership):
    """What people write and press; who there is."""

    def add_user(
        self,
        first_name: str,
        last_name: str = "",
        username: str = "",
        *,
        user_id: int | None = None,
        started: bool = False,
    ) -> User:
        """A new person with a private chat of the same id; ``started``: as if they had written already."""
        world = self._world
        with world.lock:
            number = user_id if user_id is not None else max([DEFAULT_USER.id, *world.users]) + 1
            if not first_name.strip() or number <= 0:
                raise ScriptError("a user needs a first name and a positive id")
            if number in world.users and not world.chats[number].deleted:
                raise ScriptError(f"there is a user {number} already")
            user = User(number, first_name.strip(), last_name.strip(), username.strip())
            world.add_user(user)
            if started:
                self._stand(world.chats[number], MEMBER)
            return user

    def add_group(
        self,
        title: str,
        members: Sequence[int] = (),
        *,
        type: str = GROUP,
        topics: Sequence[str] = (),
    ) -> TelegramChat:
        """A group that its first member (default: the default user) founded and put the bot into."""
        world = self._world
        with world.lock:
            founder = [world.user(user_id).id for user_id in members] or [min(world.users)]
            if not title.strip() or type not in {GROUP, SUPERGROUP}:
                raise ScriptError("a group needs a title and the type group or supergroup")
            if topics and type != SUPERGROUP:
                raise ScriptError("only a supergroup has topics")
            chat_id = world.next_supergroup_id() if type == SUPERGROUP else world.next_group_id()
            chat = TelegramChat(chat_id, type, title.strip(), founder, bot=STRANGER)
            chat.topics = dict(enumerate(topics, FIRST_TOPIC))
            chat.last_message_id = max(chat.topics, default=0)
            world.add_chat(chat)
            self._admit(chat, founder[0])
            return chat

    def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> Message:
        """Type a text; a reply goes where that message stands, also in a topic.

        In groups the bot hears only commands, mentions of itself and replies to it.
        """
        world = self._world
        with world.lock:
            chat, user = self._speaker(chat_id, user_id)
            text, _ = trim(text, [])
            if not text:
                raise ScriptError("there is nothing to send")
            if chat.type == PRIVATE and chat.bot == STRANGER:
                self._stand(chat, MEMBER)
            content = self._content(chat, text, reply_to, thread_id)
            message = world.post(chat, user.wire(), content)
            if chat.bot == MEMBER and (chat.type == PRIVATE or self._concerns_bot(message)):
                world.tell_bot("message", message)
            return message

    def press(
        self, chat_id: int, message_id: int, button: str, *, user_id: int | None = None
    ) -> CallbackQuery:
        """Press the button with this callback_data or, failing that, this text."""
        world = self._world
        with world.lock:
            chat, user = self._speaker(chat_id, user_id)
            message = world.messages[chat.id].get(message_id)
            if message is None:
                raise ScriptError(f"there is no message {message_id} in chat {chat_id}")
            data = _callback_data(message, button)
            query = world.ask(chat, message_id, user.id)
            world.tell_bot(
                "callback_query",
                {
                    "id": query.id,
                    "from": user.wire(),
                    "message": message,
                    "chat_instance": str(chat.id * 7919),
                    "data": data,
                },
            )
            return query

    def delete_message(self, chat_id: int, message_id: int) -> None:
        with self._world.lock:
            chat = self._world.chat(chat_id)
            if message_id not in self._world.messages[chat.id]:
                raise ScriptError(f"there is no message {message_id} in chat {chat_id}")
            self._world.remove_message(chat, message_id)

    def _speaker(self, chat_id: int, user_id: int | None) -> tuple[TelegramChat, User]:
        chat = self._world.chat(chat_id)
        user = self._world.user(chat.members[0] if user_id is None else user_id)
        if user.id not in chat.members:
            raise ScriptError(f"user {user.id} is not in chat {chat_id}")
        if chat.migrated_to is not None:
            raise ScriptError(f"chat {chat_id} has become {chat.migrated_to}")
        if chat.type == PRIVATE and chat.bot == KICKED:
            raise ScriptError(f"user {user.id} has blocked the bot and must unblock it first")
        return chat, user

    def _content(
        self, chat: TelegramChat, text: str, reply_to: int | None, thread_id: int | None
    ) -> dict[str, Any]:
        content: dict[str, Any] = {"text": text}
        if entities := detect(text):
            content["entities"] = entities
        if reply_to is not None:
            replied = self._world.messages[chat.id].get(reply_to)
            if replied is None:
                raise ScriptError(f"there is no message {reply_to} in chat {chat.id}")
            thread_id = thread_id or replied.get("message_thread_id")
            content["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
        if thread_id is not None:
            if thread_id not in chat.topics:
                raise ScriptError(f"chat {chat.id} has no topic {thread_id}")
            content |= {"message_thread_id": thread_id, "is_topic_message": True}
        return content

    def _concerns_bot(self, message: Message) -> bool:
        """Telegram's privacy mode, which is on for every new bot."""
        bot = self._world.bot
        text = message["text"]
        if message.get("reply_to_message", {}).get("from", {}).get("id") == bot["id"]:
            return True
        if text.startswith("/"):
            command, _, addressee = text.split()[0].partition("@")
            return len(command) > 1 and addressee.lower() in {"", bot["username"].lower()}
        return f"@{bot['username']}".lower() in text.lower()


def _callback_data(message: Message, button: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [item for row in rows for item in row if "callback_data" in item]
    for key in ("callback_data", "text"):
        for item in buttons:
            if item[key] == button:
                return str(item["callback_data"])
    raise ScriptError(f"message {message['message_id']} has no button {button!r}")
