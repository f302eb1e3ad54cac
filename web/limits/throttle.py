"""Throttling by moving windows in Redis, on its clock, shared by all web processes.

| key                             | type       | holds                                   |
| ------------------------------- | ---------- | --------------------------------------- |
| `redress:throttle:{names}`      | sorted set | the tries of a window, by when they were |

A try takes its place before its outcome is known, or many at once would pass that are one too many; what was no
failure gives it back. While Redis is away or hangs, each process counts for itself, and asks Redis again every few
seconds.
"""

import math
import time
from pathlib import Path

import structlog
from redis import Redis, RedisError

from complaints.ids import new_id
from complaints.redis_client import connect
from web.limits.own_windows import OwnWindows
from web.limits.windows import Taken, Window, WindowState

PREFIX = "redress:throttle:"
TAKE = (Path(__file__).parent / "throttle.lua").read_text()
MICROSECONDS = 1_000_000
ANSWER_TIMEOUT_SECONDS = 0.1
AWAY_SECONDS = 5.0

log = structlog.get_logger()


class Throttle:
    """Counts tries. Safe to share among threads."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = connect(redis_url, answer_timeout=ANSWER_TIMEOUT_SECONDS)
        self._take = self._redis.register_script(TAKE)
        self._own = OwnWindows()
        self._away_until = 0.0

    @property
    def counts_alone(self) -> bool:
        """Whether this process counts for itself: Redis did not answer lately."""
        return time.monotonic() < self._away_until

    def take(self, *windows: Window) -> Taken:
        """Take a place in all windows, or in none where one is full: `Taken.wait` says for how long."""
        name = str(new_id())
        if not self.counts_alone:
            try:
                return self._take_in_redis(name, windows)
            except RedisError as error:
                self._note_away(error)
        return self._own.take(name, windows)

    def give_back(self, taken: Taken) -> None:
        """Let the try not count: it was no failure."""
        self._own.give_back(taken)
        if self.counts_alone:
            return
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for window in taken.windows:
                pipeline.zrem(_key(window), taken.id)
            pipeline.execute()
        except RedisError as error:
            self._note_away(error)

    def _take_in_redis(self, name: str, windows: tuple[Window, ...]) -> Taken:
        rates = [
            number
            for window in windows
            for number in (window.rate.count, round(window.rate.seconds * MICROSECONDS))
        ]
        wait, *found = self._take(keys=[_key(window) for window in windows], args=[name, *rates])
        standings = [
            WindowState(window, int(left), math.ceil(int(until) / MICROSECONDS))
            for window, left, until in zip(windows, found[::2], found[1::2], strict=True)
        ]
        return Taken(name, standings, math.ceil(int(wait) / MICROSECONDS))

    def _note_away(self, error: RedisError) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        log.warning("throttle_counts_alone", error=str(error))


def _key(window: Window) -> str:
    return PREFIX + window.name
