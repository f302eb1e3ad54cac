"""The numbers for who asks in a request: this process's as they are now, the others' as they last said."""

import threading
from concurrent.futures import Future

from redis import RedisError

from web.hub.loop.context import HubContext
from web.hub.telemetry.report import Report
from web.hub.telemetry.report_store import ReportStore
from web.hub.telemetry.reporter import Reporter

ANSWER_SECONDS = 1.0


class ProcessReports:
    """Keeps nobody waiting for long: neither for a loop that is busy nor for a Redis that hangs."""

    def __init__(self, name: str, context: HubContext, store: ReportStore, reporter: Reporter) -> None:
        self._name = name
        self._context = context
        self._store = store
        self._reporter = reporter
        self._lock = threading.Lock()
        self._asking: Future[list[Report]] | None = None

    def own(self) -> Report:
        """Return this process's present report; its last one if the loop does not come to it in time."""
        answer: Future[Report] = Future()
        self._context.loop.call(lambda: answer.set_result(self._reporter.make()))
        try:
            return answer.result(ANSWER_SECONDS)
        except TimeoutError:
            return self._reporter.last

    def others(self, within: float = ANSWER_SECONDS) -> list[Report] | None:
        """Return the other processes' reports; None if Redis does not tell within so many seconds."""
        try:
            return self._ask().result(within)
        except (TimeoutError, RedisError):
            return None
        except RuntimeError:
            return None  # the hub has ended, and its Redis thread takes no more work

    def _ask(self) -> "Future[list[Report]]":
        """All who wait for a Redis that hangs wait for one question."""
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = self._context.redis_thread.submit(self._store.others, self._name)
            return self._asking
