"""What the parts of the hub share: the loop, helper threads, the tail, subscribers. Owned by the loop's thread."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog

from web.hub.core.close_codes import CloseCode
from web.hub.core.measurements import HubCounters
from web.hub.loop.event_loop import EventLoop
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.stream.subscribers import Subscribers
from web.hub.stream.tail import Tail

log = structlog.get_logger()
T = TypeVar("T")

HELPERS = 4


class HubContext:
    """The shared parts, and the way to have work done that may block."""

    def __init__(self) -> None:
        self.loop = EventLoop(on_fault=self.fail)
        self.helper_pool = ThreadPoolExecutor(HELPERS, thread_name_prefix="hub-helper")
        self.redis_thread = ThreadPoolExecutor(1, thread_name_prefix="hub-redis")
        self.counters = HubCounters()
        self.tail = Tail()
        self.epoch = ""
        self.subscribers = Subscribers()

    def head_of(self, connection: Connection) -> int:
        """Return the seq up to which this connection was served: the cursor its client should keep."""
        return self.tail.head if connection.state is ConnectionState.LIVE else connection.cursor

    def place_of(self, connection: Connection) -> tuple[int, str]:
        """Return head and epoch for its client to keep: while a wish is looked into, those that the client named.

        Ours would skip what the client has not seen, if it came back with them before the wish is served.
        """
        wish = connection.replay.wish if connection.replay else None
        if wish is None or wish.after is None:
            return self.head_of(connection), self.epoch
        return wish.after, wish.epoch or self.epoch

    def fail(self, connection: Connection) -> None:
        """A fault of ours (the exception at hand) in serving this connection: it goes, the others stay."""
        log.exception("connection_fault", connection=connection.number)
        self.counters.faults += 1
        try:
            connection.close(CloseCode.INTERNAL_ERROR)
        except Exception:
            log.exception("connection_dropped", connection=connection.number)
            self.loop.drop(connection)

    def run_in_helper(
        self, job: Callable[[], T], done: Callable[[T], object], failed: Callable[[], object]
    ) -> None:
        """Run `job` in a helper thread, then `done` with its result, or `failed` if it raised, in the loop's."""
        self.helper_pool.submit(job).add_done_callback(partial(self._finished, done, failed))

    def run_in_redis_thread(
        self, job: Callable[[], T], done: Callable[[T], object], failed: Callable[[], object]
    ) -> None:
        """Like `run_in_helper`, for what only talks to Redis: in one thread of its own, in order.

        So a Redis that hangs keeps no helper from serving connections.
        """
        self.redis_thread.submit(job).add_done_callback(partial(self._finished, done, failed))

    def end(self, last_jobs: Iterable[Callable[[], object]]) -> None:
        """The loop has ended: do these in the Redis thread, after all that it has to do, and take no more work."""
        for job in last_jobs:
            self.redis_thread.submit(job)
        for pool in (self.redis_thread, self.helper_pool):
            pool.shutdown(wait=False)

    def _finished(
        self, done: Callable[[T], object], failed: Callable[[], object], future: "Future[T]"
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self.loop.call(partial(done, future.result()))
            return
        log.warning("hub_work_failed", error=repr(error))
        self.loop.call(failed)
