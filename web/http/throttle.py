"""Throttling by moving windows in Redis, shared by all web processes.

While Redis is away or hangs, each process counts for itself, and asks Redis again every few seconds.
"""

import math
import time
from typing import Any

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from complaints.errors import Throttled
from complaints.settings import Rate

log = structlog.get_logger()

ANSWER_TIMEOUT_SECONDS = 0.1
AWAY_SECONDS = 5.0


class Throttle:
    """Counts tries by name. Safe to share among threads."""

    def __init__(self, redis_url: str) -> None:
        options: Any = {
            "socket_timeout": ANSWER_TIMEOUT_SECONDS,
            "socket_connect_timeout": ANSWER_TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            "protocol": 2,
        }
        storage = RedisStorage(redis_url, wrap_exceptions=True, key_prefix="redress:throttle", **options)
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def check(self, rate: Rate, *names: str) -> None:
        """Raise `Throttled` where no further try is allowed; counts nothing."""
        if not self._ask("test", rate, names):
            raise self._refusal(rate, names)

    def count(self, rate: Rate, *names: str) -> None:
        """Count a try; raise `Throttled` where it is one too many."""
        if not self._ask("hit", rate, names):
            raise self._refusal(rate, names)

    def note(self, rate: Rate, *names: str) -> None:
        """Count a try that was made anyhow."""
        self._ask("hit", rate, names)

    def _refusal(self, rate: Rate, names: tuple[str, ...]) -> Throttled:
        wait = max(1, math.ceil(self._reset_time(rate, names) - time.time()))
        return Throttled(f"Too many tries. Try again in {wait} s.", wait)

    def _ask(self, verb: str, rate: Rate, names: tuple[str, ...]) -> bool:
        item = _item(rate)
        if time.monotonic() >= self._away_until:
            try:
                return bool(getattr(self._shared, verb)(item, *names))
            except StorageError as error:
                self._note_away(error)
        return bool(getattr(self._own, verb)(item, *names))

    def _reset_time(self, rate: Rate, names: tuple[str, ...]) -> float:
        item = _item(rate)
        if time.monotonic() >= self._away_until:
            try:
                return float(self._shared.get_window_stats(item, *names).reset_time)
            except StorageError as error:
                self._note_away(error)
        return float(self._own.get_window_stats(item, *names).reset_time)

    def _note_away(self, error: StorageError) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        log.warning("throttle_counts_alone", error=str(error.storage_error))


def _item(rate: Rate) -> RateLimitItem:
    return RateLimitItemPerSecond(rate.count, math.ceil(rate.seconds))
