"""Messages on their way into python-telegram-bot."""

from collections.abc import Sequence
from typing import Any

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.ext import ExtBot

from workers.render.base.message import Button
from workers.render.base.message import Message as Rendered
from workers.telegram.client.limiter_plugin import Turn

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
PICTURE_NAME = "photo.jpg"
Bot = ExtBot[Turn]


async def send(bot: Bot, chat: int, message: Rendered, turn: Turn, *, thread: int = 0) -> Message:
    """Send the message; raises `Postponed`, what `turn.before` raises, or the library's errors."""
    return await bot.send_message(
        chat_id=chat,
        message_thread_id=thread or None,
        text=message.text,
        parse_mode=None if message.plain else ParseMode.HTML,
        reply_markup=_question(chat) if message.asks else keyboard(message),
        disable_notification=message.silent or None,
        link_preview_options=NO_PREVIEW,
        rate_limit_args=turn,
    )


async def edit(bot: Bot, chat: int, message_id: int, message: Rendered, turn: Turn) -> None:
    """Put this in place of a message that was sent; raises as `send` does."""
    await bot.edit_message_text(
        chat_id=chat,
        message_id=message_id,
        text=message.text,
        parse_mode=None if message.plain else ParseMode.HTML,
        reply_markup=keyboard(message),
        link_preview_options=NO_PREVIEW,
        rate_limit_args=turn,
    )


async def send_pictures(
    bot: Bot,
    chat: int,
    pictures: Sequence[bytes],
    turn: Turn,
    *,
    thread: int = 0,
    replies_to: int | None = None,
) -> Message:
    """Send one picture, or several as an album (JPEG each); return the first message. Raises as `send` does.

    Where the message that it is a reply to is gone, it stands by itself.
    """
    reply = None if replies_to is None else ReplyParameters(replies_to, allow_sending_without_reply=True)
    more: dict[str, Any] = {
        "message_thread_id": thread or None,
        "reply_parameters": reply,
        "rate_limit_args": turn,
    }
    if len(pictures) == 1:
        return await bot.send_photo(chat, pictures[0], filename=PICTURE_NAME, **more)
    media = [InputMediaPhoto(one, filename=PICTURE_NAME) for one in pictures]
    return (await bot.send_media_group(chat, media, **more))[0]


def keyboard(message: Rendered) -> InlineKeyboardMarkup | None:
    """Return the buttons as Telegram wants them; None takes buttons away from an edited message."""
    if not message.rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in message.rows])


def _question(chat: int) -> ForceReply:
    """Open the keyboard for a reply; in a group only for who is mentioned in the text."""
    return ForceReply(selective=chat < 0)


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.action, url=button.url)
