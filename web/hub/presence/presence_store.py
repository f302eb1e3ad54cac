"""Where web processes tell each other who is there.

| key | type | holds |
| --- | --- | --- |
| `redress:presences` | set | names of web processes that have told who is there |
| `redress:presence:{name}` | string, 30 s | JSON of that process's `PresenceState` |

| channel | says |
| --- | --- |
| `redress:presence` | the name of a process where others are present now |
"""

from typing import Any

import structlog
from redis import Redis

from web.hub.presence.presence_state import PresenceState, decode_presence, merge_presence

log = structlog.get_logger()

PRESENCES = "redress:presences"
PRESENCE_CHANNEL = "redress:presence"
KEEP_SECONDS = 30


def presence_key(name: str) -> str:
    """Return the key of a process's presence."""
    return f"redress:presence:{name}"


class PresenceStore:
    """Read and written by one thread. Every method raises `RedisError`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._told = b""

    def publish(self, name: str, presence_state: PresenceState) -> None:
        """Keep who is present for another while, and tell the others if that is new."""
        encoded = presence_state.encode()
        pipe = self._redis.pipeline(transaction=False)
        pipe.set(presence_key(name), encoded, ex=KEEP_SECONDS)
        pipe.sadd(PRESENCES, name)
        if encoded != self._told:
            pipe.publish(PRESENCE_CHANNEL, name)
        pipe.execute()
        self._told = encoded

    def withdraw(self, name: str) -> None:
        """The process ends."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.delete(presence_key(name))
        pipe.srem(PRESENCES, name)
        pipe.publish(PRESENCE_CHANNEL, name)
        pipe.execute()

    def others(self, name: str) -> PresenceState:
        """Return who is present in all other processes; one that has told nothing for a while has died."""
        members: Any = self._redis.smembers(PRESENCES)
        names = sorted(one.decode() for one in members if one.decode() != name)
        values: Any = self._redis.mget([presence_key(one) for one in names]) if names else []
        dead = [one for one, value in zip(names, values, strict=True) if value is None]
        if dead:
            self._redis.srem(PRESENCES, *dead)
        return merge_presence(presence_state for value in values if (presence_state := _read(value)))


def _read(value: bytes | None) -> PresenceState | None:
    try:
        return None if value is None else decode_presence(value)
    except ValueError as error:
        log.warning("presence_unreadable", error=str(error))  # of a process that is newer or older than this
        return None
