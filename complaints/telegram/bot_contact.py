"""Whether Telegram answers the bot process, also where no alert is due: buttons and commands wait for it.

| key                     | type                            | lives                                     |
| ----------------------- | ------------------------------- | ----------------------------------------- |
| `redress:bot:unheard`   | hash: `reason`, `since` (in s)  | until it answers, or two minutes after the last try |
"""

from datetime import UTC, datetime
from typing import Any, cast

import structlog
from redis import Redis, RedisError

from complaints.telegram.circuit import Outage

UNHEARD = "redress:bot:unheard"
KEPT_SECONDS = 120

log = structlog.get_logger()


def tell_unheard(redis: Redis, reason: str) -> None:
    """Say that the bot's request failed, for this reason (a word); harmless where Redis is away."""
    try:
        redis.hset(UNHEARD, "reason", reason)
        redis.hsetnx(UNHEARD, "since", cast(Any, redis.time())[0])
        redis.expire(UNHEARD, KEPT_SECONDS)
    except RedisError as error:
        log.warning("contact_not_told", error=str(error))


def tell_heard(redis: Redis) -> None:
    """Say that Telegram answered the bot; harmless where Redis is away."""
    try:
        redis.delete(UNHEARD)
    except RedisError as error:
        log.warning("contact_not_told", error=str(error))


def unheard_since(redis: Redis) -> Outage | None:
    """Return why and since when the bot hears nothing of Telegram; None where it does. Raises redis' errors."""
    reason, since = redis.hmget(UNHEARD, "reason", "since")
    if reason is None or since is None:
        return None
    return Outage(
        reason if isinstance(reason, str) else reason.decode(), datetime.fromtimestamp(int(since), UTC)
    )
