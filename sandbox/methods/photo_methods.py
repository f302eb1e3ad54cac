"""Photos: one by itself, or several as an album. They are uploads; Telegram makes a JPEG of whatever comes."""

import io
import uuid
from typing import Any

from PIL import Image

from sandbox.base.refusals import bad_request
from sandbox.methods.message_methods import charge, placed
from sandbox.methods.params import Params
from sandbox.world.call_log import Call
from sandbox.world.users_and_chats import TelegramChat
from sandbox.world.world import Message, World

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDES = 10_000
MAX_RATIO = 20
ALBUM = range(2, 11)


def send_photo(world: World, params: Params, call: Call) -> Message:
    charge(world, params, call)
    chat = world.writable_chat(params.chat_id())
    photo = _photo(world, params.upload(params.text("photo") or "photo"))
    message = world.post(chat, world.bot, photo | placed(world, chat, params))
    call.message_id = message["message_id"]
    return message


def send_media_group(world: World, params: Params, call: Call) -> list[Message]:
    """Each photo is a message of its own; those of an album have its id in common."""
    media = params.structure("media") or []
    charge(world, params, call, len(media))
    chat = world.writable_chat(params.chat_id())
    if len(media) not in ALBUM:
        raise bad_request("there must be from 2 to 10 messages in an album")
    photos = [_photo(world, params.upload(str(one.get("media", "")))) for one in media]
    album = {"media_group_id": str(uuid.uuid4().int >> 64), **placed(world, chat, params)}
    messages = [_post(world, chat, {**photo, **album}) for photo in photos]
    call.message_id = messages[0]["message_id"]
    return messages


def _post(world: World, chat: TelegramChat, content: dict[str, Any]) -> Message:
    return world.post(chat, world.bot, content)


def _photo(world: World, content: bytes) -> dict[str, Any]:
    """Keep the picture, or refuse what Telegram refuses."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            width, height = image.size
    except (OSError, ValueError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if len(content) > MAX_BYTES:
        raise bad_request("file is too big")
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    number = str(world.keep_photo(content))
    size = {"width": width, "height": height, "file_size": len(content)}
    return {"photo": [{"file_id": number, "file_unique_id": number, **size}]}
