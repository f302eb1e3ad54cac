"""Throttling by moving windows in Redis, on its clock, shared by all web processes.

| key                             | type       | holds                                   |
| ------------------------------- | ---------- | --------------------------------------- |
| `redress:throttle:{names}`      | sorted set | the tries of a window, by when they were |

A try takes its place before its outcome is known, or many at once would pass that are one too many; what was no
failure gives it back. While Redis is away or hangs, each process counts for itself, and asks Redis again every few
seconds.
"""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from redis import Redis, RedisError

from complaints.errors import Throttled
from complaints.ids import new_id
from complaints.redis_client import connect
from complaints.setting_values import Rate

PREFIX = "redress:throttle:"
TAKE = (Path(__file__).parent / "throttle.lua").read_text()
MICROSECONDS = 1_000_000
ANSWER_TIMEOUT_SECONDS = 0.1
AWAY_SECONDS = 5.0
OWN_WINDOWS_MAXIMUM = 10_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Window:
    """At most `rate` tries of whoever has this name."""

    rate: Rate
    name: str


@dataclass(frozen=True, slots=True)
class Try:
    """A try that took its place in these windows."""

    id: str
    windows: Sequence[Window]


class Throttle:
    """Counts tries. Safe to share among threads."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = connect(redis_url, answer_timeout=ANSWER_TIMEOUT_SECONDS)
        self._take = self._redis.register_script(TAKE)
        self._own = OwnWindows()
        self._away_until = 0.0

    def take(self, *windows: Window) -> Try:
        """Take a place in all windows; raises `Throttled`, and takes none, where one of them is full."""
        made = Try(str(new_id()), windows)
        wait = self._wait(made)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise Throttled(f"Too many tries. Try again in {seconds} s.", seconds)
        return made

    def give_back(self, made: Try) -> None:
        """Let the try not count: it was no failure."""
        self._own.give_back(made)
        if time.monotonic() < self._away_until:
            return
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for window in made.windows:
                pipeline.zrem(_key(window), made.id)
            pipeline.execute()
        except RedisError as error:
            self._note_away(error)

    def _wait(self, made: Try) -> float:
        if time.monotonic() >= self._away_until:
            rates = [
                number
                for window in made.windows
                for number in (window.rate.count, round(window.rate.seconds * MICROSECONDS))
            ]
            try:
                keys = [_key(window) for window in made.windows]
                return float(self._take(keys=keys, args=[made.id, *rates])) / MICROSECONDS
            except RedisError as error:
                self._note_away(error)
        return self._own.wait(made)

    def _note_away(self, error: RedisError) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        log.warning("throttle_counts_alone", error=str(error))


class OwnWindows:
    """The same in this process's memory; of very many windows the oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, dict[str, float]] = {}

    def wait(self, made: Try) -> float:
        """Take a place in all windows and return 0, or take none and return for how many seconds to wait."""
        now = time.monotonic()
        with self._lock:
            tries = [self._tries(window, now) for window in made.windows]
            both = zip(made.windows, tries, strict=True)
            wait = max(_until_free(window.rate, list(of.values()), now) for window, of in both)
            if wait <= 0:
                for of in tries:
                    of[made.id] = now
        return wait

    def give_back(self, made: Try) -> None:
        """Let the try not count."""
        with self._lock:
            for window in made.windows:
                self._windows.get(window.name, {}).pop(made.id, None)

    def _tries(self, window: Window, now: float) -> dict[str, float]:
        known = self._windows.pop(window.name, {})
        kept = {name: at for name, at in known.items() if at > now - window.rate.seconds}
        self._windows[window.name] = kept
        while len(self._windows) > OWN_WINDOWS_MAXIMUM:
            del self._windows[next(iter(self._windows))]
        return kept


def _until_free(rate: Rate, tries: Sequence[float], now: float) -> float:
    return 0.0 if len(tries) < rate.count else tries[-rate.count] + rate.seconds - now


def _key(window: Window) -> str:
    return PREFIX + window.name
