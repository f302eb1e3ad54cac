"""What the loop leaves to the Redis thread now and then, and need not know the result of."""

from collections.abc import Callable
from functools import partial

from redis import RedisError

from web.hub.loop.context import HubContext


class RedisJobs:
    """One of each kind at a time, so that nothing piles up behind a Redis that hangs. Runs in the loop's thread."""

    def __init__(self, context: HubContext) -> None:
        self._context = context
        self._busy: set[str] = set()

    def start(self, kind: str, job: Callable[[], None], done: Callable[[], object] | None = None) -> bool:
        """Begin it unless another of its kind is under way; say whether. `done` is called if Redis took it."""
        if kind in self._busy:
            return False
        self._busy.add(kind)
        ended = partial(self._ended, kind, done)
        self._context.run_in_redis_thread(partial(_tried, job), ended, partial(ended, False))
        return True

    def is_busy(self, kind: str) -> bool:
        """Whether one of this kind is under way."""
        return kind in self._busy

    def _ended(self, kind: str, done: Callable[[], object] | None, well: bool) -> None:
        self._busy.discard(kind)
        self._context.counters.redis_failures += not well
        if well and done is not None:
            done()


def _tried(job: Callable[[], None]) -> bool:
    try:
        job()
    except RedisError:
        return False
    return True
