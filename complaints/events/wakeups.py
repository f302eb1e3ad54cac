"""Pokes: after a commit, wake who has work now, without the request waiting for it.

| key | type | holds |
| --- | --- | --- |
| `redress:poked:{name}` | string, 1 s | set while a poke of that name is on its way |

A poke is never the guarantee: the sweeps of beat are. Pokes are coalesced by the flag, which the woken task
deletes before it reads, so that a commit after that read pokes anew.

They say nothing, so a few that wait are as good as any number: while nobody consumes them no more are put, and the
broker, from which nothing is evicted, stays as small as it is.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any

import structlog
from redis import Redis, RedisError

log = structlog.get_logger()

SEQUENCE = "workers.tasks.sequence"
DELIVER = "workers.tasks.deliver"
CONSUME_UPDATES = "workers.tasks.consume_updates"
SEND_MAIL = "workers.tasks.send_mail"
TEND_ATTACHMENTS = "workers.tasks.tend_attachments"
SWEEP = "workers.tasks.sweep"
FLAG_MS = 1000
WAITING_MAXIMUM = 20

Enqueue = Callable[[str, str | None], None]
"""Put a task (its name, the request id) on the broker; may raise whatever the broker's client raises."""


def enqueue_with(celery: Any) -> Enqueue:
    """Return how to put a task on this Celery app's broker, tried once: a sweep comes after all."""

    def enqueue(task: str, request_id: str | None) -> None:
        with celery.producer_or_acquire() as producer:
            if has_room(celery, producer.channel, task):
                celery.send_task(task, producer=producer, headers={"request_id": request_id}, retry=False)

    return enqueue


def has_room(celery: Any, channel: Any, task: str) -> bool:
    """Say whether few enough wake-ups wait in the task's queue; raises what the broker's client raises."""
    queue = celery.amqp.router.route({}, task)["queue"].name
    return bool(channel.queue_declare(queue).message_count < WAITING_MAXIMUM)


def flag_key(task: str) -> str:
    """Return the key of a task's coalescing flag."""
    return f"redress:poked:{task}"


def poke(redis: Redis, enqueue: Enqueue, task: str, request_id: str | None) -> bool:
    """Wake the task unless a poke is on its way; say whether one was sent. Errors are those of the two."""
    if not redis.set(flag_key(task), b"1", nx=True, px=FLAG_MS) and _is_flagged(redis, task):
        return False
    try:
        enqueue(task, request_id)
    except Exception:
        redis.delete(flag_key(task))
        raise
    return True


def _is_flagged(redis: Redis, task: str) -> bool:
    """A flag that would live longer than any was set before Redis' clock was set back: it is taken over."""
    left = redis.pttl(flag_key(task))
    if 0 <= left <= FLAG_MS:
        return True
    redis.set(flag_key(task), b"1", px=FLAG_MS)
    return False


def answer_poke(redis: Redis, task: str) -> None:
    """Delete the flag: who commits from here on pokes again. Call it before reading what is to be done."""
    try:
        redis.delete(flag_key(task))
    except RedisError as error:
        log.warning("poke_flag_kept", task=task, error=str(error))  # it expires by itself


class Poker:
    """Sends pokes from a thread of its own, so that a Redis that hangs costs the caller nothing.

    At most one poke of a name waits; one that fails is left to the sweep.
    """

    def __init__(self, redis: Redis, enqueue: Enqueue) -> None:
        self._redis = redis
        self._enqueue = enqueue
        self._waiting: dict[str, str | None] = {}
        self._lock = threading.Lock()
        self._names: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._failing = False

    def poke_sequencer(self, request_id: str | None = None) -> None:
        """Wake the sequencer: an event was committed."""
        self._ask(SEQUENCE, request_id)

    def poke_alerts(self, request_id: str | None = None) -> None:
        """Wake the alerts worker: an alert is due."""
        self._ask(DELIVER, request_id)

    def poke_updates(self, request_id: str | None = None) -> None:
        """Wake who consumes Telegram's updates: one was stored."""
        self._ask(CONSUME_UPDATES, request_id)

    def poke_mail(self, request_id: str | None = None) -> None:
        """Wake who sends mail: one is owed."""
        self._ask(SEND_MAIL, request_id)

    def poke_attachments(self, request_id: str | None = None) -> None:
        """Wake who draws small pictures, and deletes what nobody needs."""
        self._ask(TEND_ATTACHMENTS, request_id)

    def close(self, timeout: float = 2.0) -> None:
        """Send what waits, for at most `timeout` seconds, and end the thread."""
        if self._thread is not None:
            self._names.put(None)
            self._thread.join(timeout)

    def _ask(self, task: str, request_id: str | None) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="poker", daemon=True)
                self._thread.start()
            if task in self._waiting:
                return
            self._waiting[task] = request_id
        self._names.put(task)

    def _run(self) -> None:
        while (task := self._names.get()) is not None:
            with self._lock:
                request_id = self._waiting.pop(task)
            try:
                poke(self._redis, self._enqueue, task, request_id)
            except Exception as error:  # noqa: BLE001 - whatever the broker raises, the sweep takes over
                self._note_failure(task, error, request_id)
            else:
                self._failing = False

    def _note_failure(self, task: str, error: Exception, request_id: str | None) -> None:
        """Log the first failure of a row: an outage is one warning, not one a request."""
        if not self._failing:
            log.warning("poke_failed", task=task, error=str(error), request_id=request_id)
        self._failing = True
