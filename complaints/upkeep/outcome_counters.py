"""What all workers together asked of Telegram, counted in Redis: workers have no port that Prometheus could ask.

| key                       | type | fields                                                                      |
| ------------------------- | ---- | --------------------------------------------------------------------------- |
| `redress:alerts:counters` | hash | `outcome:{message or edit}:{word}`, `retries`, `wait:{bucket}`, `wait:ms`   |
| `redress:alerts:refusals` | hash | refusals by Telegram's own words, a hundred texts at most, then `other`     |

A wait is what passed between an alert's creation and Telegram's answer that it has it; a bucket is the number of
its upper bound in `BOUNDS`. Counting is best effort: where Redis is away, a count is lost and nothing else.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, cast, get_args

import structlog
from redis import Redis, RedisError
from redis.asyncio import Redis as AsyncRedis

from complaints.alert_words import AlertState
from complaints.alerts.outcome.outcomes import Hold, Outcome, Refusal, Sent

COUNTERS = "redress:alerts:counters"
REFUSALS = "redress:alerts:refusals"
TEXTS_MAXIMUM = 100
TEXT_LENGTH = 80
OTHER_TEXTS = "other"
NUMBER = re.compile(r"-?\d+")
MESSAGE, EDIT = "message", "edit"
WORDS = tuple(kind.word for kind in get_args(Outcome))
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Counts:
    """All since Redis was last empty. `outcomes` are by request (`message`, `edit`) and word.

    `retries` are alerts that went back to be tried again. `waits` says how many waits were no longer than each of
    `BOUNDS`, and last how many there were in all; `waited_seconds` is their sum. `refusals` are by Telegram's
    words, in lower case and with `#` for numbers.
    """

    outcomes: dict[tuple[str, str], int]
    retries: int
    waits: tuple[int, ...]
    waited_seconds: float
    refusals: dict[str, int]


async def count(redis: AsyncRedis, outcome: Outcome, state: str, *, edit: bool, wait: float) -> None:
    """Count one request: what became of it, the alert's state then, and how many seconds old the alert was."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.hincrby(COUNTERS, f"outcome:{EDIT if edit else MESSAGE}:{outcome.word}", 1)
    if not edit and isinstance(outcome, Sent):
        pipeline.hincrby(COUNTERS, f"wait:{bisect_left(BOUNDS, wait)}", 1)
        pipeline.hincrby(COUNTERS, "wait:ms", round(wait * 1000))
    elif not edit and state == AlertState.PENDING and not isinstance(outcome, Hold):
        pipeline.hincrby(COUNTERS, "retries", 1)
    try:
        await pipeline.execute()
        if isinstance(outcome, Refusal):
            await _count_refusal(redis, outcome.reason)
    except RedisError as error:
        log.warning("outcome_not_counted", outcome=outcome.word, error=str(error))


def read_counts(redis: Redis) -> Counts:
    """Return what was counted. Raises redis' errors."""
    kept = cast(dict[Any, Any], redis.hgetall(COUNTERS))
    fields = {_text(name): int(value) for name, value in kept.items()}
    return Counts(
        outcomes={
            (request, word): fields.get(f"outcome:{request}:{word}", 0)
            for request in (MESSAGE, EDIT)
            for word in WORDS
        },
        retries=fields.get("retries", 0),
        waits=tuple(accumulate(fields.get(f"wait:{bucket}", 0) for bucket in range(len(BOUNDS) + 1))),
        waited_seconds=fields.get("wait:ms", 0) / 1000,
        refusals={_text(text): int(number) for text, number in redis.hgetall(REFUSALS).items()},
    )


def _kind_of_text(reason: str) -> str:
    return NUMBER.sub("#", reason.casefold().removeprefix("bad request: "))[:TEXT_LENGTH]


async def _count_refusal(redis: AsyncRedis, reason: str) -> None:
    text = _kind_of_text(reason)
    if not await redis.hexists(REFUSALS, text) and await redis.hlen(REFUSALS) >= TEXTS_MAXIMUM:
        text = OTHER_TEXTS
    await redis.hincrby(REFUSALS, text, 1)


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode()
