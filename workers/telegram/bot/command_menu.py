"""The commands that Telegram offers to who types a slash: in groups their own, elsewhere the usual ones."""

import structlog
from telegram import Bot, BotCommandScopeAllGroupChats
from telegram.error import TelegramError

IN_ALL: tuple[tuple[str, str], ...] = (
    ("open", "The open complaints that matter most"),
    ("status", "How things stand, and what arrives here"),
    ("settings", "Choose what arrives here"),
    ("mute", "No alerts for a while: /mute 2h"),
    ("unmute", "Alerts again"),
    ("stop", "No more alerts"),
    ("start", "Alerts again after /stop"),
    ("help", "What I can do"),
)
IN_GROUPS = (("link", "Link this chat: /link TOKEN"), *IN_ALL)

log = structlog.get_logger()


async def show_menu(bot: Bot) -> None:
    """Tell Telegram the commands. It keeps them, so that a refusal is logged and the next start tells them."""
    try:
        await bot.set_my_commands(IN_ALL)
        await bot.set_my_commands(IN_GROUPS, scope=BotCommandScopeAllGroupChats())
    except TelegramError as error:
        log.warning("menu_not_told", error=str(error))
