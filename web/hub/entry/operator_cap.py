"""How many sockets an operator or API client may have in all processes together.

| key | type | holds |
| --- | --- | --- |
| `redress:sockets:{operator}` | sorted set, 90 s | sockets of an operator or client, by when their place lapses |

A process that dies gives its places back by no longer renewing them. Where Redis can't be asked, the cap is open: a
dashboard that works matters more than an exact count.
"""

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import cast
from uuid import UUID

import structlog
from redis import Redis, RedisError

log = structlog.get_logger()

CLAIM = Path(__file__).with_name("claim_socket.lua").read_text()
PLACE_SECONDS = 90
ASK_AGAIN_SECONDS = 2.0
BATCH = 500
NO_LIMIT = 1_000_000_000

OperatorPlace = tuple[UUID, str]
"""An operator, or an API client, and one of their sockets."""


def places_key(operator_id: UUID) -> str:
    """Return the key of an operator's places."""
    return f"redress:sockets:{operator_id}"


class OperatorCap:
    """Used by helper threads and the Redis thread: it may wait for Redis."""

    def __init__(self, redis: Redis, limit: int) -> None:
        self._redis = redis
        self._limit = limit
        self._claim = redis.register_script(CLAIM)
        self._ask_again = 0.0

    def claim(self, places: Sequence[OperatorPlace]) -> list[bool]:
        """Take places in this order, in one round trip; False for whoever's operator has as many as they may.

        True for all where Redis can't be asked.
        """
        if monotonic() < self._ask_again:
            return [True] * len(places)
        try:
            return [bool(taken) for taken in self._claim_all(places, self._limit)]
        except RedisError as error:
            self._ask_again = monotonic() + ASK_AGAIN_SECONDS
            log.warning("operator_cap_open", error=str(error))
            return [True] * len(places)

    def renew(self, places: Sequence[OperatorPlace]) -> None:
        """Keep the places, and take again those that Redis has forgotten. Raises `RedisError`."""
        for start in range(0, len(places), BATCH):
            self._claim_all(places[start : start + BATCH], NO_LIMIT)

    def release(self, places: Sequence[OperatorPlace]) -> None:
        """Give the places back. Raises `RedisError`."""
        for start in range(0, len(places), BATCH):
            pipe = self._redis.pipeline(transaction=False)
            for operator_id, socket in places[start : start + BATCH]:
                pipe.zrem(places_key(operator_id), socket)
            pipe.execute()

    def _claim_all(self, places: Sequence[OperatorPlace], limit: int) -> list[int]:
        keys = [places_key(operator_id) for operator_id, _ in places]
        return cast(list[int], self._claim(keys, [limit, PLACE_SECONDS, *(socket for _, socket in places)]))
