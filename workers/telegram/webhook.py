"""Keeping the webhook: registered at Telegram, and looked after."""

import asyncio

import structlog
from redis import Redis

from complaints.settings import Settings
from workers.telegram.incoming import KINDS
from workers.telegram.polling import PollingBot, tell_username

PATH = "/api/v1/telegram/webhook"

log = structlog.get_logger()


class WebhookKeeper:
    """Registers the webhook where it is missing or another one is set."""

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

    async def watch_once(self) -> bool:
        """Look at the webhook once and mend it; return whether it was in order."""
        info = await self._bot.get_webhook_info()
        if info.last_error_message:
            log.warning("webhook_troubled", error=info.last_error_message, pending=info.pending_update_count)
        if info.url == self._url:
            return True
        log.warning("webhook_lost", found=bool(info.url))
        await self._register()
        return False

    async def _register(self) -> None:
        secret = None if self._secret is None else self._secret.get_secret_value()
        await self._bot.set_webhook(self._url, secret_token=secret, allowed_updates=KINDS)
        log.info("webhook_set", url=self._url)
