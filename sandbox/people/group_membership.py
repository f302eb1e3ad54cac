"""Who is where: blocking, kicking, inviting, migrating, deleting chats. Verbs of the scripting API.

Each takes the world's lock, changes it as Telegram would and queues the updates that a bot would get.
A wrong use raises ScriptError and changes nothing.
"""

import time

from sandbox.base.refusals import ScriptError
from sandbox.world.users_and_chats import (
    GROUP,
    KICKED,
    MEMBER,
    PRIVATE,
    STRANGER,
    SUPERGROUP,
    TelegramChat,
    member,
)
from sandbox.world.world import World


class GroupMembership:
    """The bot's standing in the chats."""

    def __init__(self, world: World) -> None:
        self._world = world

    def block(self, user_id: int) -> None:
        """The user blocks the bot: 403 until they unblock it."""
        self._change(user_id, PRIVATE, KICKED)

    def unblock(self, user_id: int) -> None:
        self._change(user_id, PRIVATE, MEMBER)

    def kick(self, chat_id: int) -> None:
        """Somebody throws the bot out of a group."""
        self._change(chat_id, GROUP, KICKED)

    def invite(self, chat_id: int) -> None:
        """Somebody puts the bot back into a group."""
        self._change(chat_id, GROUP, MEMBER)

    def delete_chat(self, chat_id: int) -> None:
        """The chat is gone: 400 chat not found from now on."""
        with self._world.lock:
            chat = self._world.chat(chat_id)
            chat.deleted = True
            self._world.save_chat(chat)

    def migrate(self, chat_id: int) -> TelegramChat:
        """The group becomes a supergroup with a new id, which is returned; the old id answers with it."""
        world = self._world
        with world.lock:
            old = world.chat(chat_id)
            if old.type != GROUP or old.migrated_to is not None:
                raise ScriptError(f"chat {chat_id} is no group that could become a supergroup")
            new = TelegramChat(
                world.next_supergroup_id(), SUPERGROUP, old.title, list(old.members), bot=old.bot
            )
            world.add_chat(new)
            founder = world.users[old.members[0]].wire()
            told = world.post(old, founder, {"migrate_to_chat_id": new.id})
            old.migrated_to = new.id
            world.save_chat(old)
            greeting = world.post(new, founder, {"migrate_from_chat_id": old.id})
            for message in (told, greeting):
                world.tell_bot("message", message)
            return new

    def _change(self, chat_id: int, type: str, standing: str) -> None:
        world = self._world
        with world.lock:
            chat = world.chat(chat_id)
            if (chat.type == PRIVATE) is not (type == PRIVATE):
                raise ScriptError(f"chat {chat_id} is a {chat.type}")
            if chat.bot == standing:
                raise ScriptError(f"in chat {chat_id} the bot is {standing} already")
            if standing == MEMBER and type != PRIVATE:
                self._admit(chat, chat.members[0])
            else:
                self._stand_and_tell(chat, chat.members[0], standing)

    def _admit(self, chat: TelegramChat, user_id: int) -> None:
        self._stand_and_tell(chat, user_id, MEMBER)
        world = self._world
        message = world.post(chat, world.users[user_id].wire(), {"new_chat_members": [world.bot]})
        world.tell_bot("message", message)

    def _stand_and_tell(self, chat: TelegramChat, user_id: int, standing: str) -> None:
        world = self._world
        before = chat.bot if chat.bot != STRANGER else "left"
        self._stand(chat, standing)
        world.tell_bot(
            "my_chat_member",
            {
                "chat": world.wire_chat(chat),
                "from": world.users[user_id].wire(),
                "date": int(time.time()),
                "old_chat_member": member(world.bot, before),
                "new_chat_member": member(world.bot, standing),
            },
        )

    def _stand(self, chat: TelegramChat, standing: str) -> None:
        chat.bot = standing
        self._world.save_chat(chat)
