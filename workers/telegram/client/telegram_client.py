"""One bot and one asyncio loop a process, kept for its life and shared by its task threads."""

import asyncio
import os
import ssl
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

import httpx
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from telegram.ext import ExtBot

from complaints.redis_client import ANSWER_TIMEOUT_SECONDS, CONNECT_TIMEOUT_SECONDS
from complaints.settings import Settings
from complaints.telegram.circuit import Circuit
from complaints.telegram.limiter import Limiter, Pace
from workers.telegram.client.bounded_request import BoundedRequest
from workers.telegram.client.limiter_plugin import SharedRateLimiter
from workers.telegram.client.proxies import ClosedWay, goes_through_proxy, unusable_proxy

CONNECTIONS = 128
KEEPALIVE_SECONDS = 30.0
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
WRITE_SECONDS = 5.0
DATABASE_THREADS = 8

log = structlog.get_logger()

T = TypeVar("T")


class TelegramClient:
    """The bot behind the shared limiter. Safe to call from any thread; its loop starts at the first call.

    Raises ValueError where the settings have no bot token.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redis = connect_async(settings.redis_url)
        self.pace = Pace.within(
            settings.telegram_rate_all, settings.telegram_rate_chat, settings.telegram_rate_group
        )
        os.environ["PTB_TIMEDELTA"] = "1"  # the library's own way to choose timedeltas for `retry_after`
        limiter = SharedRateLimiter(Limiter(self.redis, self.pace), Circuit(self.redis))
        self._http = make_request(CONNECTIONS, settings.telegram_api_url)
        self.bot = ExtBot(
            token_of(settings),
            base_url=base_url_of(settings),
            request=self._http,
            get_updates_request=self._http,  # never used here, and a second one costs a second TLS context
            rate_limiter=limiter,
        )
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The process's loop, running in a thread of its own."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_default_executor(ThreadPoolExecutor(DATABASE_THREADS, "telegram-db"))
                self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
                self._thread.start()
            return self._loop

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop, from another thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Close the connections and end the loop. Whatever still runs on it is cancelled."""
        if self._loop is None or self._thread is None or self._loop.is_closed():
            return
        self.submit(self._shut_down()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut_down(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._http.shutdown()
        await self.redis.aclose()
        await asyncio.get_running_loop().shutdown_default_executor()


def connect_async(url: str) -> Redis:
    """Return an asyncio client that behaves like `complaints.redis_client.connect`'s."""
    return Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        socket_timeout=ANSWER_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


def token_of(settings: Settings) -> str:
    """Return the bot's token; raises ValueError where there is none.

    A bot is never initialised: that would ask Telegram at the start, and put the token into an error's text.
    """
    if settings.telegram_bot_token is None:
        raise ValueError("no bot token")
    return settings.telegram_bot_token.get_secret_value()


def base_url_of(settings: Settings) -> str:
    """Return what python-telegram-bot appends the token to."""
    return f"{settings.telegram_api_url}/bot"


def make_request(connections: int, api_url: str, *, read_seconds: float = READ_SECONDS) -> BoundedRequest:
    """Return an HTTP client for a bot, with a pool of so many connections, on the way that the environment says."""
    way: dict[str, Any] = {"trust_env": goes_through_proxy(api_url)}
    if way["trust_env"] and (reason := unusable_proxy()) is not None:
        log.error("telegram_proxy_unusable", reason=reason)
        way = {"trust_env": False, "transport": ClosedWay(reason)}
    limits = httpx.Limits(
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=KEEPALIVE_SECONDS,
    )
    return BoundedRequest(
        connection_pool_size=connections,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        write_timeout=WRITE_SECONDS,
        httpx_kwargs={"limits": limits, "verify": _tls(), **way},
    )


@cache
def _tls() -> ssl.SSLContext:
    """The certificates that httpx trusts, loaded once a process: it takes longer than a request."""
    return httpx.create_ssl_context()
