"""Which processes there are: each says every few seconds that it lives, and takes its name out when it ends well.

| key                  | type | fields                                                            |
| -------------------- | ---- | ----------------------------------------------------------------- |
| `redress:processes`  | hash | `{kind}/{name}`: when it started and was last seen, in Redis' seconds |
| `redress:ended`      | hash | the same of who ended well                                        |
| `redress:replaced`   | hash | `{kind}/{name}` of one that stopped: who took its place, for good    |

Who stops without a word keeps its name in there. It is missed until another process of its kind starts, which
stands in for it, or for a day. Who stood in may have ended well before the first was missed: what a supervisor had
started again, and somebody then took out of service.
"""

import os
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from redis import Redis, RedisError

from complaints.ids import new_secret

PROCESSES = "redress:processes"
ENDED = "redress:ended"
REPLACED = "redress:replaced"
BEAT_SECONDS = 5.0
MISSED_AFTER_SECONDS = 20
KEPT_SECONDS = 24 * 3600
NAME_BYTES = 3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class KnownProcess:
    """A process by kind and name, and when it started and was last heard of."""

    kind: str
    name: str
    started: int
    seen: int

    @property
    def field(self) -> str:
        """What it is called in Redis."""
        return f"{self.kind}/{self.name}"

    @property
    def seen_at(self) -> datetime:
        """When it was last heard of."""
        return datetime.fromtimestamp(self.seen, UTC)


class SignOfLife:
    """Says from a thread of its own that this process lives. Harmless where Redis is away."""

    def __init__(self, redis: Redis, kind: str) -> None:
        self._redis = redis
        self._field = f"{kind}/{socket.gethostname()}:{os.getpid()}:{new_secret(NAME_BYTES)}"
        self._started: int | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sign-of-life", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def give_once(self) -> None:
        """Say it once; raises redis' errors."""
        now = _now(self._redis)
        if self._started is None or self._started > now:
            self._started = now
        self._redis.hset(PROCESSES, self._field, f"{self._started} {now}")

    def end(self) -> None:
        """Take the name out: this process ends well."""
        self._ended.set()
        self._thread.join(BEAT_SECONDS)
        try:
            self._say_that_it_ended()
        except RedisError as error:
            log.warning("process_not_taken_out", error=str(error))

    def _say_that_it_ended(self) -> None:
        now = _now(self._redis)
        with self._redis.pipeline() as both:
            both.hset(ENDED, self._field, f"{now if self._started is None else self._started} {now}")
            both.hdel(PROCESSES, self._field)
            both.execute()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.give_once()
            except RedisError as error:
                log.debug("sign_of_life_not_given", error=str(error))  # readiness tells of Redis itself
            self._ended.wait(BEAT_SECONDS)


def living_kinds(redis: Redis) -> set[str]:
    """Return the kinds of which a process lives; raises redis' errors."""
    now = _now(redis)
    return {one.kind for one in _read(redis, PROCESSES) if not _is_missed(one, now)}


def stopped_processes(redis: Redis) -> list[KnownProcess]:
    """Return who stopped without a word and has nobody in its place, the longest gone first. Raises redis' errors.

    Forgets those of yesterday, and what a clock wrote that was ahead.
    """
    now, replaced = _now(redis), _replaced(redis)
    here, ended = (_read_and_forget(redis, key, now) for key in (PROCESSES, ENDED))
    missed = sorted((one for one in here if _is_missed(one, now)), key=lambda one: one.seen)
    gone = [one for one in missed if one.field not in replaced]
    by_start = sorted((*here, *ended), key=lambda one: one.started)
    stand_ins = [one for one in by_start if one.field not in replaced.values()]
    took_place: dict[Any, Any] = {
        one.field: by.field for one in gone if (by := _take_stand_in(one, stand_ins)) is not None
    }
    if took_place:
        redis.hset(REPLACED, mapping=took_place)
    return [one for one in gone if one.field not in took_place]


def _take_stand_in(missed: KnownProcess, stand_ins: list[KnownProcess]) -> KnownProcess | None:
    """Take the first that started since out of the stand-ins: one stands for one, also if it stops later."""
    for one in stand_ins:
        if one.kind == missed.kind and one.started >= missed.seen and one is not missed:
            stand_ins.remove(one)
            return one
    return None


def _replaced(redis: Redis) -> dict[str, str]:
    found = cast(dict[Any, Any], redis.hgetall(REPLACED))
    return {_text(gone): _text(by) for gone, by in found.items()}


def _is_missed(one: KnownProcess, now: int) -> bool:
    return now - one.seen > MISSED_AFTER_SECONDS


def _read_and_forget(redis: Redis, key: str, now: int) -> list[KnownProcess]:
    """Return the processes of the hash but those of yesterday or tomorrow, which it forgets."""
    known = _read(redis, key)
    over = [one.field for one in known if not now - KEPT_SECONDS <= one.seen <= now + MISSED_AFTER_SECONDS]
    if over:
        redis.hdel(key, *over)
        redis.hdel(REPLACED, *over)
    return [one for one in known if one.field not in over]


def _read(redis: Redis, key: str) -> list[KnownProcess]:
    found = cast(dict[Any, Any], redis.hgetall(key))
    return [_decode(_text(field), _text(value)) for field, value in found.items()]


def _decode(field: str, value: str) -> KnownProcess:
    (kind, _, name), (started, _, seen) = field.partition("/"), value.partition(" ")
    return KnownProcess(kind, name, int(started), int(seen))


def _now(redis: Redis) -> int:
    return int(cast(Any, redis.time())[0])


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
