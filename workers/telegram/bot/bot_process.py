"""The bot process: of several one holds the lease, and takes the updates or keeps the webhook."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog
from redis import Redis
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from complaints.alerts.outcome.outcomes import Hold, Outcome, PolledElsewhere, TokenRefused
from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.ids import new_secret
from complaints.settings import Settings
from complaints.telegram.bot_contact import tell_heard, tell_unheard
from complaints.telegram.bot_lease import give_bot_lease_back, hold_bot_lease
from complaints.upkeep.worker_heartbeat import report_alive
from workers.errors import StoodDown
from workers.telegram.bot.long_polling import Poller, PollingBot
from workers.telegram.bot.webhook_registration import WebhookKeeper
from workers.telegram.client.error_mapping import outcome_of

RENEW_SECONDS = 5.0
ASK_AGAIN_SECONDS = 2.0
WATCH_SECONDS = 60.0
AFTER_CONFLICT_SECONDS = 15.0
LONGEST_BACKOFF_SECONDS = 30.0
TOKEN_REFUSED_SECONDS = 60.0
HOLDER_BYTES = 12

log = structlog.get_logger()
_random = random.SystemRandom()


class BotProcess:
    """Everything but the signals. `stop` ends `run` and gives the lease back."""

    def __init__(self, settings: Settings, database: Database, redis: Redis, poker: Poker) -> None:
        self._settings = settings
        self._database = database
        self._redis = redis
        self._poker = poker
        self._holder = new_secret(HOLDER_BYTES)
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()

    async def run(self) -> None:
        """Serve whenever the lease can be had, until stopped. Without a token, only say so and wait."""
        if self._settings.telegram_bot_token is None:
            log.warning("alerts_off", reason="TELEGRAM_BOT_TOKEN is not set")
        while not self._stopped.is_set():
            wait = ASK_AGAIN_SECONDS
            await asyncio.to_thread(report_alive, self._redis, "bot")
            if self._settings.telegram_bot_token is not None and await self._hold():
                wait = await self._serve_until_stopped()
            await self._sleep(wait)

    async def _serve_until_stopped(self) -> float:
        """Serve under the lease; give it back; return how long to wait before asking for it again."""
        work = (self._keep_lease(), self._serve(), self._stopped.wait())
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except StoodDown as stood_down:
            log.warning("bot_stands_down", seconds=stood_down.seconds)
            return stood_down.seconds
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._give_back()
        return 0.0

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await asyncio.to_thread(report_alive, self._redis, "bot")
            if not await self._hold():
                raise StoodDown(ASK_AGAIN_SECONDS)

    async def _serve(self) -> None:
        bot = PollingBot(self._settings)
        try:
            if self._settings.telegram_webhook_secret is None:
                poller = Poller(bot, self._database, self._redis, self._poker)
                await self._persist(poller.begin)
                while True:
                    await self._persist(poller.poll_once)
            keeper = WebhookKeeper(bot, self._settings, self._redis)
            await self._persist(keeper.begin)
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                await self._persist(keeper.watch_once)
        finally:
            await bot.request.shutdown()

    async def _persist(self, step: Callable[[], Awaitable[object]]) -> None:
        """Take the step, again and again while Telegram or the database is away; raises `StoodDown`."""
        tries = 0
        while True:
            try:
                await step()
            except TelegramError as error:
                tries += 1
                outcome = outcome_of(error)
                if not isinstance(outcome, Hold):
                    await asyncio.to_thread(tell_unheard, self._redis, outcome.word)
                wait = _wait_after(outcome, error, tries)
            except SQLAlchemyError as error:
                tries += 1
                wait = _backoff(tries)
                log.warning("database_away", error=str(error))
            else:
                await asyncio.to_thread(tell_heard, self._redis)
                return
            await asyncio.sleep(wait)

    async def _hold(self) -> bool:
        try:
            return await asyncio.to_thread(self._hold_now)
        except SQLAlchemyError as error:
            log.warning("database_away", error=str(error))
            return False

    def _hold_now(self) -> bool:
        with self._database.write() as session:
            return hold_bot_lease(session, self._holder, now=self._database.now())

    async def _give_back(self) -> None:
        try:
            await asyncio.to_thread(self._give_back_now)
        except SQLAlchemyError as error:
            log.warning("lease_not_given_back", error=str(error))  # it runs out by itself

    def _give_back_now(self) -> None:
        with self._database.write() as session:
            give_bot_lease_back(session, self._holder)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return


def _wait_after(outcome: Outcome, error: TelegramError, tries: int) -> float:
    """Return how long to wait after this; raises `StoodDown` where somebody else takes the updates."""
    log.warning("bot_refused", outcome=outcome.word, tries=tries)
    match outcome:
        case PolledElsewhere():
            raise StoodDown(AFTER_CONFLICT_SECONDS) from error
        case TokenRefused():
            return TOKEN_REFUSED_SECONDS
        case Hold(seconds=seconds):
            return seconds
        case _:
            return _backoff(tries)


def _backoff(tries: int) -> float:
    return _random.uniform(0, min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(tries, 10)))
