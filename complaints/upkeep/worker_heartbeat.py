"""Signs of work: each kind of worker says now and then that it works, and readiness looks.

| key | type | holds |
| --- | --- | --- |
| `redress:alive:{kind}` | string, 30 s | set by `events`, `alerts`, `beat` and `bot` while they work |
"""

from redis import Redis, RedisError

from complaints.upkeep.process_registry import living_kinds

LIFETIME_SECONDS = 30
BEAT = "beat"
WORKERS = ("events", "alerts", BEAT, "bot")
WOKEN = ("events", "alerts")
"""Who works only when beat, or somebody with work for them, wakes them."""


def report_alive(redis: Redis, kind: str) -> None:
    """Say that this kind of worker works; harmless where Redis is away."""
    try:
        redis.set(_key(kind), b"1", ex=LIFETIME_SECONDS)
    except RedisError:
        return  # readiness then reports Redis itself


def missing_workers(redis: Redis) -> list[str]:
    """Return the kinds of worker that have not been heard of lately; raises `redis.RedisError`.

    Where beat is one of them, nobody wakes those that wait for it: who lives is not to blame.
    """
    values = redis.mget([_key(kind) for kind in WORKERS])
    missing = [kind for kind, value in zip(WORKERS, values, strict=True) if value is None]
    if BEAT not in missing:
        return missing
    living = living_kinds(redis)
    return [kind for kind in missing if kind not in WOKEN or kind not in living]


def _key(kind: str) -> str:
    return f"redress:alive:{kind}"
