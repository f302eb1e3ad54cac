"""What the bot asks about chats and does in them besides messages."""

from typing import Any

from sandbox.base.refusals import bad_request
from sandbox.methods.params import Params
from sandbox.world.call_log import Call
from sandbox.world.users_and_chats import LEFT, MEMBER, PRIVATE, member
from sandbox.world.world import World

_GIFTS = {
    "unlimited_gifts": True,
    "limited_gifts": True,
    "unique_gifts": True,
    "premium_subscription": True,
    "gifts_from_channels": True,
}


def get_chat(world: World, params: Params, call: Call) -> dict[str, Any]:
    chat = world.writable_chat(params.chat_id())
    full = {"accent_color_id": chat.id % 7, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    return {**world.wire_chat(chat), **full}


def get_chat_member(world: World, params: Params, call: Call) -> dict[str, Any]:
    chat = world.chats.get(params.chat_id())
    if chat is None or chat.deleted:
        raise bad_request("chat not found")
    user_id = params.integer("user_id")
    if user_id == world.bot["id"]:
        return member(world.bot, chat.bot)
    if user_id not in world.users:
        raise bad_request("user not found")
    return member(world.users[user_id].wire(), MEMBER if user_id in chat.members else LEFT)


def get_chat_member_count(world: World, params: Params, call: Call) -> int:
    return len(world.writable_chat(params.chat_id()).members) + 1


def get_chat_administrators(world: World, params: Params, call: Call) -> list[dict[str, Any]]:
    """The first member made the group."""
    chat = world.writable_chat(params.chat_id())
    if chat.type == PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    return [
        {"status": "creator", "is_anonymous": False, "user": world.users[user_id].wire()}
        for user_id in chat.members[:1]
    ]


def leave_chat(world: World, params: Params, call: Call) -> bool:
    chat = world.writable_chat(params.chat_id())
    if chat.type == PRIVATE:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot = LEFT
    world.save_chat(chat)
    return True


def send_chat_action(world: World, params: Params, call: Call) -> bool:
    world.writable_chat(params.chat_id())
    return True
