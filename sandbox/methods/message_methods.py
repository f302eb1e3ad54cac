"""Sending, editing and deleting messages."""

import re
import time
from typing import Any

from sandbox.base.refusals import NOT_MODIFIED, bad_request, too_many_requests
from sandbox.methods.params import Params
from sandbox.text.entities import MAX_TEXT, Entity, detect, in_order, trim, utf16_len
from sandbox.text.html_parser import parse_html
from sandbox.text.keyboards import read_keyboard
from sandbox.world.call_log import Call
from sandbox.world.rate_windows import whole_seconds
from sandbox.world.users_and_chats import TelegramChat
from sandbox.world.world import Message, World

_PERSON = re.compile(r"tg://user\?id=(\d+)")


def send_message(world: World, params: Params, call: Call) -> Message:
    _charge(world, params, call)
    chat = world.writable_chat(params.chat_id())
    content = _text_content(world, params, "message is too long")
    content |= _thread(chat, params) | _reply(world, chat, params) | _on_the_phone(params)
    if keyboard := read_keyboard(params.structure("reply_markup")):
        content["reply_markup"] = keyboard
    message = world.post(chat, world.bot, content)
    call.message_id = message["message_id"]
    return message


def edit_message_text(world: World, params: Params, call: Call) -> Message:
    _charge(world, params, call)
    chat = world.writable_chat(params.chat_id())
    message = _own_message(world, chat, params)
    content = _text_content(world, params, "MESSAGE_TOO_LONG")
    return _edit(world, chat, message, params, content, call)


def edit_message_reply_markup(world: World, params: Params, call: Call) -> Message:
    _charge(world, params, call)
    chat = world.writable_chat(params.chat_id())
    message = _own_message(world, chat, params)
    content: dict[str, Any] = {key: message[key] for key in ("text", "entities") if key in message}
    return _edit(world, chat, message, params, content, call)


def delete_message(world: World, params: Params, call: Call) -> bool:
    chat = world.writable_chat(params.chat_id())
    message_id = params.integer("message_id")
    if message_id not in world.messages[chat.id]:
        raise bad_request("message to delete not found")
    world.remove_message(chat, message_id)
    return True


def delete_messages(world: World, params: Params, call: Call) -> bool:
    """Unlike deleteMessage this passes over messages that are not there."""
    chat = world.writable_chat(params.chat_id())
    for message_id in params.structure("message_ids") or []:
        if message_id in world.messages[chat.id]:
            world.remove_message(chat, message_id)
    return True


def _charge(world: World, params: Params, call: Call) -> None:
    """Count the call in Telegram's windows by its time of arrival, also where it is refused afterwards."""
    overflow = world.limits.charge(params.chat_id(), call.arrived)
    if overflow:
        call.violation, wait = overflow
        raise too_many_requests(whole_seconds(wait))


def _text_content(world: World, params: Params, too_long: str) -> dict[str, Any]:
    text, entities = trim(*_parsed(params))
    entities = [known for entity in entities if (known := _with_user(world, entity))]
    if not text:
        raise bad_request("message text is empty")
    if utf16_len(text) > MAX_TEXT:
        raise bad_request(too_long)
    entities = in_order([*entities, *detect(text, entities)])
    return {"text": text, **({"entities": entities} if entities else {})}


def _parsed(params: Params) -> tuple[str, list[Entity]]:
    source = params.text("text")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return parse_html(source)
    if mode:
        raise bad_request("unsupported parse_mode")
    return source, params.structure("entities") or []


def _with_user(world: World, entity: Entity) -> Entity | None:
    """A link to a person becomes a mention, or nothing where nobody has that id."""
    person = _PERSON.fullmatch(entity.get("url", ""))
    if person is None:
        return entity
    user = world.users.get(int(person[1]))
    place = {"offset": entity["offset"], "length": entity["length"]}
    return {"type": "text_mention", **place, "user": user.wire()} if user else None


def _on_the_phone(params: Params) -> dict[str, Any]:
    """What a phone does with the message. Telegram's own Message does not tell it; libraries pass over it."""
    markup = params.structure("reply_markup")
    asks = markup if isinstance(markup, dict) and markup.get("force_reply") else None
    return {
        **({"silent": True} if params.flag("disable_notification") else {}),
        **({"force_reply": {"selective": bool(asks.get("selective"))}} if asks else {}),
    }


def _thread(chat: TelegramChat, params: Params) -> dict[str, Any]:
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        return {}
    if thread_id not in chat.topics:
        raise bad_request("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def _reply(world: World, chat: TelegramChat, params: Params) -> dict[str, Any]:
    reply = params.structure("reply_parameters") or {}
    replied = world.messages[chat.id].get(reply.get("message_id", params.integer("reply_to_message_id")))
    if replied:
        return {"reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"}}
    if reply and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return {}


def _own_message(world: World, chat: TelegramChat, params: Params) -> Message:
    message = world.messages[chat.id].get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad_request("message can't be edited")
    return message


def _edit(
    world: World, chat: TelegramChat, old: Message, params: Params, content: dict[str, Any], call: Call
) -> Message:
    """Replace text and keyboard; a keyboard that is not sent again is taken away, as Telegram does."""
    if keyboard := read_keyboard(params.structure("reply_markup")):
        content["reply_markup"] = keyboard
    if all(old.get(key) == content.get(key) for key in ("text", "entities", "reply_markup")):
        raise bad_request(NOT_MODIFIED)
    rest = {key: value for key, value in old.items() if key not in {"text", "entities", "reply_markup"}}
    message = {**rest, **content, "edit_date": int(time.time())}
    world.save_message(chat, message)
    call.message_id = message["message_id"]
    return message
