"""Keeping the webhook: registered at Telegram, and looked after."""

import asyncio

import structlog
from redis import Redis

from complaints.settings import Settings
from workers.telegram.bot.command_menu import show_menu
from workers.telegram.bot.long_polling import PollingBot, tell_username
from workers.telegram.incoming.update_shapes import KINDS

PATH = "/api/v1/telegram/webhook"
ONE_AT_A_TIME = 1

log = structlog.get_logger()


class WebhookKeeper:
    """Registers the webhook where it is missing or another one is set.

    Telegram may hand over one update at a time (`max_connections`): in parallel, `/stop` and the `/start` right
    after it would arrive in any order. It costs little, because a request only stores; some tens a second are more
    than people type, and Telegram keeps what waits.
    """

    def __init__(self, bot: PollingBot, settings: Settings, redis: Redis) -> None:
        self._bot = bot
        self._secret = settings.telegram_webhook_secret
        self._url = settings.public_url + PATH
        self._redis = redis

    async def begin(self) -> None:
        """Learn and tell the bot's name, and register."""
        me = await self._bot.get_me()
        await asyncio.to_thread(tell_username, self._redis, me.username)
        await self._register()
        await show_menu(self._bot)

    async def watch_once(self) -> bool:
        """Look at the webhook once and mend it; return whether it was in order."""
        info = await self._bot.get_webhook_info()
        if info.last_error_message:
            log.warning("webhook_troubled", error=info.last_error_message, pending=info.pending_update_count)
        if info.url == self._url and info.max_connections == ONE_AT_A_TIME:
            return True
        log.warning("webhook_lost", found=bool(info.url))
        await self._register()
        return False

    async def _register(self) -> None:
        secret = None if self._secret is None else self._secret.get_secret_value()
        await self._bot.set_webhook(
            self._url, secret_token=secret, allowed_updates=KINDS, max_connections=ONE_AT_A_TIME
        )
        log.info("webhook_set", url=self._url)
