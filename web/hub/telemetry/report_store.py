"""Where web processes leave their numbers for each other.

| key | type | holds |
| --- | --- | --- |
| `redress:hubs:2` | sorted set | names of web processes, by the second of their last report |
| `redress:hub:2:{name}` | string, 10 s | JSON of that process's `Report` |

The number in the keys goes up with the shape of `Report`: two releases side by side don't read each other's.
"""

from time import time
from typing import Any

from redis import Redis

from web.hub.telemetry.report import Report

HUBS = "redress:hubs:2"
KEEP_SECONDS = 10
FORGET_SECONDS = 600  # much more, since hosts' clocks disagree; a name without a report counts for nothing


def report_key(name: str) -> str:
    """Return the key of a process's report."""
    return f"redress:hub:2:{name}"


class ReportStore:
    """Safe to share among threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def publish(self, report: Report) -> None:
        """Leave the report. Raises `RedisError`."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.set(report_key(report.name), report.encode(), ex=KEEP_SECONDS)
        pipe.zadd(HUBS, {report.name: time()})
        pipe.zremrangebyscore(HUBS, "-inf", time() - FORGET_SECONDS)
        pipe.execute()

    def withdraw(self, name: str) -> None:
        """The process ends. Raises `RedisError`."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.delete(report_key(name))
        pipe.zrem(HUBS, name)
        pipe.execute()

    def others(self, name: str) -> list[Report]:
        """Return the fresh reports of all other processes. Raises `RedisError`."""
        names: Any = self._redis.zrange(HUBS, 0, -1)
        keys = [report_key(one.decode()) for one in names if one.decode() != name]
        values: Any = self._redis.mget(keys) if keys else []
        return [Report.decode(value) for value in values if value is not None]
