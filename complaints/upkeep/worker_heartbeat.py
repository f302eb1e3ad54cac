"""Signs of life: each kind of worker says now and then that it works, and readiness looks.

| key | type | holds |
| --- | --- | --- |
| `redress:alive:{kind}` | string, 30 s | set by `events`, `alerts` and `bot` while they work |
"""

from redis import Redis, RedisError

LIFETIME_SECONDS = 30
WORKERS = ("events", "alerts", "bot")


def report_alive(redis: Redis, kind: str) -> None:
    """Say that this kind of worker works; harmless where Redis is away."""
    try:
        redis.set(_key(kind), b"1", ex=LIFETIME_SECONDS)
    except RedisError:
        return  # readiness then reports Redis itself


def missing_workers(redis: Redis) -> list[str]:
    """Return the kinds of worker that have not been heard of lately; raises `redis.RedisError`."""
    values = redis.mget([_key(kind) for kind in WORKERS])
    return [kind for kind, value in zip(WORKERS, values, strict=True) if value is None]


def _key(kind: str) -> str:
    return f"redress:alive:{kind}"
