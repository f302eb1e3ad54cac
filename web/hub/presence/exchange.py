"""What this process tells the others of who is present, and what it knows of theirs. Runs in the loop's thread."""

from collections.abc import Callable
from functools import partial

from redis import RedisError

from web.hub.loop.context import HubContext
from web.hub.presence.presence_state import NOBODY, PresenceState
from web.hub.presence.presence_store import KEEP_SECONDS, PresenceStore

RENEW_EVERY_SECONDS = 10.0
RETRY_SECONDS = 5.0


class Exchange:
    """Leaves to the Redis thread what waits for Redis, one of each kind at a time.

    While Redis is away the others' presence stays as it was known, as long as it would have in Redis.
    """

    def __init__(
        self, name: str, context: HubContext, store: PresenceStore, learned: Callable[[PresenceState], object]
    ) -> None:
        self.others = NOBODY
        self._name = name
        self._context = context
        self._store = store
        self._learned = learned
        self._now = 0.0
        self._known_at = 0.0
        self._rest_until = 0.0
        self._publish_at = 0.0
        self._publishing = False
        self._read_at = 0.0
        self._reading = False

    def changed(self) -> None:
        """Others are present in this process now."""
        self._publish_at = 0.0

    def changed_elsewhere(self, name: str | None) -> None:
        """Others are present in the process of this name, or in any; of its own it knows."""
        if name != self._name:
            self._read_at = 0.0

    def tick(self, now: float, own: Callable[[], PresenceState]) -> None:
        """Once a second: do what is due."""
        self._now = now
        if now < self._rest_until:
            return
        if now >= self._publish_at and not self._publishing:
            self._publishing, self._publish_at = True, now + RENEW_EVERY_SECONDS
            publish = partial(self._store.publish, self._name, own())
            self._context.run_in_redis_thread(
                partial(_try_publish, publish), self._published, partial(self._published, False)
            )
        if now >= self._read_at and not self._reading:
            self._reading, self._read_at = True, now + RENEW_EVERY_SECONDS
            read = partial(self._store.others, self._name)
            self._context.run_in_redis_thread(partial(_try_read, read), self._read, partial(self._read, None))

    def _published(self, well: bool) -> None:
        self._publishing = False
        if not well:
            self.changed()
            self._rest()

    def _read(self, others: PresenceState | None) -> None:
        self._reading = False
        if others is not None:
            self._known_at = self._now
            self._learn(others)
            return
        self.changed_elsewhere(None)
        self._rest()
        if self._now - self._known_at > KEEP_SECONDS:
            self._learn(NOBODY)

    def _rest(self) -> None:
        self._context.counters.redis_failures += 1
        self._rest_until = self._now + RETRY_SECONDS

    def _learn(self, others: PresenceState) -> None:
        if others != self.others:
            before, self.others = self.others, others
            self._learned(before)


def _try_publish(publish: Callable[[], None]) -> bool:
    try:
        publish()
    except RedisError:
        return False
    return True


def _try_read(read: Callable[[], PresenceState]) -> PresenceState | None:
    try:
        return read()
    except RedisError:
        return None
