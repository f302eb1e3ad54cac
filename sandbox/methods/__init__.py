"""The methods of the Bot API that the sandbox speaks.

Each takes the world (its lock is held), the parameters and the call's log entry, and returns the result or
raises the Refusal that Telegram would answer.
"""

from collections.abc import Callable
from typing import Any

from sandbox.methods import bot_methods as bot
from sandbox.methods import chat_methods as chats
from sandbox.methods import message_methods as messages
from sandbox.methods import update_methods as updates
from sandbox.methods.params import Params
from sandbox.world.call_log import Call
from sandbox.world.world import World

Method = Callable[[World, Params, Call], Any]

_NAMED: dict[str, Method] = {
    "getMe": bot.get_me,
    "logOut": bot.acknowledge,
    "close": bot.acknowledge,
    "setMyCommands": bot.set_my_commands,
    "getMyCommands": bot.get_my_commands,
    "deleteMyCommands": bot.delete_my_commands,
    "answerCallbackQuery": bot.answer_callback_query,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatMemberCount": chats.get_chat_member_count,
    "getChatAdministrators": chats.get_chat_administrators,
    "leaveChat": chats.leave_chat,
    "sendChatAction": chats.send_chat_action,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "getUpdates": updates.get_updates,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
}

# Telegram takes the names of methods in any case.
METHODS = {name.lower(): method for name, method in _NAMED.items()}
CANONICAL = {name.lower(): name for name in _NAMED}
