"""The numbers of all web processes together.

| key | type | holds |
| --- | --- | --- |
| `redress:hubs:2` | sorted set | names of web processes, by the second of their last report |
| `redress:hub:2:{name}` | string, 10 s | JSON of that process's `Report` |

The number in the keys goes up with the shape of `Report`: two releases side by side don't read each other's.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from time import time
from typing import Any

from redis import Redis

from web.hub.core.measurements import LagBuckets, percentile

HUBS = "redress:hubs:2"
KEEP_SECONDS = 10
FORGET_SECONDS = 600  # much more, since hosts' clocks disagree; a name without a report counts for nothing
SUMMED = ("connections", "sent", "queued_bytes", "slow_closes", "resumes", "resyncs")


@dataclass(frozen=True, slots=True)
class Report:
    """What one process says of itself; `group` is what it shares with the other workers of its gunicorn.

    `lag` reaches from an event's `occurred_at`, taken at the write and so a little before its commit, to its
    frames' write to the live sockets; `screen_lag` to the client's `seen`. What is replayed counts into neither.
    """

    name: str
    group: str
    pid: int
    host: str
    status: str
    started_at: float
    cpu_seconds: float
    resident_bytes: int
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
    closes: dict[str, int]
    lag: LagBuckets
    screen_lag: LagBuckets

    def encode(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: bytes) -> "Report":
        """Return what `encode` made of it."""
        fields = json.loads(text)
        spreads = {name: LagBuckets(**fields[name]) for name in ("lag", "screen_lag")}
        return cls(**{**fields, **spreads})


def report_key(name: str) -> str:
    """Return the key of a process's report."""
    return f"redress:hub:2:{name}"


class ReportStore:
    """Where processes leave their reports for each other. Safe to share among threads."""

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
        "lag_ms": lag_ms(report.lag for report in reports),
        "screen_lag_ms": lag_ms(report.screen_lag for report in reports),
        "processes": [_on_wire(report) for report in reports],
    }


def lag_ms(spreads: Iterable[LagBuckets]) -> dict[str, float | None]:
    """Return the percentiles of the last minute or two over all of them; None where nothing happened."""
    added = [sum(column) for column in zip(*(spread.recent for spread in spreads), strict=True)]
    return {"p50": percentile(added, 0.5), "p99": percentile(added, 0.99)}


def _on_wire(report: Report) -> dict[str, Any]:
    shown = asdict(report)
    for name in ("group", "lag", "screen_lag"):
        del shown[name]
    lags = {"lag_ms": lag_ms([report.lag]), "screen_lag_ms": lag_ms([report.screen_lag])}
    return shown | lags
