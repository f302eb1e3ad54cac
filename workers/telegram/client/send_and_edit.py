"""Messages on their way into python-telegram-bot."""

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.ext import ExtBot

from workers.render.base.message import Button
from workers.render.base.message import Message as Rendered
from workers.telegram.client.limiter_plugin import Turn

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
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
