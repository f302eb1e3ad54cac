"""Taking updates by long polling: stored, then confirmed, then a poke."""

import asyncio
from typing import Any

import structlog
from redis import Redis, RedisError
from telegram import Bot
from telegram.error import TelegramError

from complaints.chats.linking import USERNAME
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.settings import Settings
from complaints.telegram.stored_updates import is_update, store_updates
from workers.telegram.bot.command_menu import show_menu
from workers.telegram.client.telegram_client import READ_SECONDS, base_url_of, make_request, token_of
from workers.telegram.incoming.update_shapes import KINDS

POLL_SECONDS = 25
BATCH = 100

log = structlog.get_logger()


class PollingBot(Bot):
    """A bot that hands updates over as JSON: what the library can't parse must not stop those behind it."""

    def __init__(self, settings: Settings) -> None:
        http = make_request(2, settings.telegram_api_url)
        super().__init__(
            token_of(settings), base_url=base_url_of(settings), request=http, get_updates_request=http
        )

    async def take_updates(self, offset: int | None, *, seconds: int) -> list[Any]:
        """Confirm everything before `offset`; wait at most so many seconds for what comes after."""
        data = {"timeout": seconds, "limit": BATCH, "allowed_updates": KINDS}
        if offset is not None:
            data["offset"] = offset
        updates = await self._post("getUpdates", data, read_timeout=seconds + READ_SECONDS)
        return updates if isinstance(updates, list) else []


class Poller:
    """Takes batches in order and remembers how far it came."""

    def __init__(self, bot: PollingBot, database: Database, redis: Redis, poker: Poker) -> None:
        self._bot = bot
        self._database = database
        self._redis = redis
        self._poker = poker
        self._offset: int | None = None

    async def begin(self) -> None:
        """Learn and tell the bot's name, and end a webhook, which would shut polling out."""
        me = await self._bot.get_me()
        await self._bot.delete_webhook(drop_pending_updates=False)
        await asyncio.to_thread(tell_username, self._redis, me.username)
        await show_menu(self._bot)
        log.info("bot_polls", username=me.username)

    async def poll_once(self, *, seconds: int = POLL_SECONDS) -> int:
        """Take one batch and store it; return how many updates were new. The next poll confirms it.

        After an empty batch all is confirmed, and the offset is forgotten: after a quiet week Telegram goes on
        with a random `update_id` (Bot API, Update), which may be below it.
        """
        batch = await self._bot.take_updates(self._offset, seconds=seconds)
        if not batch:
            self._offset = None
            return 0
        known = [update["update_id"] for update in batch if is_update(update)]
        if not known:
            raise TelegramError("updates without a usable update_id")
        stored = await asyncio.to_thread(self._store, batch)
        self._offset = max(known) + 1
        if stored:
            self._poker.poke_updates()
        return stored

    def _store(self, batch: list[Any]) -> int:
        with self._database.write() as session:
            return store_updates(session, batch, now=utcnow())


def tell_username(redis: Redis, username: str | None) -> None:
    """Tell the other processes the bot's name; harmless where Redis is away."""
    try:
        if username:
            redis.set(USERNAME, username)
    except RedisError as error:
        log.warning("username_not_told", error=str(error))
