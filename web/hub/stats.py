"""The numbers of all web processes together.

| key | type | holds |
| --- | --- | --- |
| `redress:hubs` | sorted set | names of web processes, by the second of their last report |
| `redress:hub:{name}` | string, 10 s | JSON of that process's `Report` |
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from time import time
from typing import Any

from redis import Redis, RedisError

from web.hub.numbers import percentile

HUBS = "redress:hubs"
KEEP_SECONDS = 10
SUMMED = ("connections", "sent", "queued_bytes", "slow_closes", "resumes", "resyncs")


@dataclass(frozen=True, slots=True)
class Report:
    """What one process says of itself; lags are bucket counts of the last minute or two."""

    name: str
    pid: int
    host: str
    connections: int
    connections_by_role: dict[str, int]
    unauthenticated: int
    sent: int
    queued_bytes: int
    slow_closes: int
    resumes: int
    resyncs: int
    faults: int
    redis_failures: int
    head: int
    epoch: str
    closes: dict[str, int] = field(default_factory=dict)
    lags: list[int] = field(default_factory=list)
    seen_lags: list[int] = field(default_factory=list)


def report_key(name: str) -> str:
    """Return the key of a process's report."""
    return f"redress:hub:{name}"


class Board:
    """Where processes leave their reports for each other. Safe to share among threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def publish(self, report: Report) -> None:
        """Leave the report. Raises `RedisError`."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.set(report_key(report.name), json.dumps(asdict(report)), ex=KEEP_SECONDS)
        pipe.zadd(HUBS, {report.name: time()})
        pipe.zremrangebyscore(HUBS, "-inf", time() - KEEP_SECONDS)
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
        return [Report(**json.loads(value)) for value in values if value is not None]


def collect(board: Board, own: Report | None, name: str) -> dict[str, Any]:
    """Return what `/websocket/stats` answers; `complete` is false where Redis can't say what the others do."""
    reports = [] if own is None else [own]
    try:
        reports += board.others(name)
        complete = True
    except RedisError:
        complete = False
    return summary(reports) | {"complete": complete}


def summary(reports: list[Report]) -> dict[str, Any]:
    """Add the processes up."""
    roles: Counter[str] = Counter()
    for report in reports:
        roles.update(report.connections_by_role)
    totals = {name: sum(getattr(report, name) for report in reports) for name in SUMMED}
    return {
        **totals,
        "connections_by_role": dict(roles),
        "head": max((report.head for report in reports), default=0),
        "lag_ms": _lag(report.lags for report in reports),
        "screen_lag_ms": _lag(report.seen_lags for report in reports),
        "processes": [_without_buckets(report) for report in reports],
    }


def _lag(buckets: Iterable[list[int]]) -> dict[str, float | None]:
    added = [sum(column) for column in zip(*buckets, strict=False)]
    return {"p50": percentile(added, 0.5), "p99": percentile(added, 0.99)}


def _without_buckets(report: Report) -> dict[str, Any]:
    shown = asdict(report)
    lags, seen = shown.pop("lags"), shown.pop("seen_lags")
    return shown | {"lag_ms": _lag([lags]), "screen_lag_ms": _lag([seen])}
