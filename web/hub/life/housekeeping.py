"""What a hub does every so often: report its numbers, look at its sessions again, keep its operators' places.

A place that was given up goes back at once: whoever reloads a page at their operator's cap is to find it free.
"""

from collections import deque
from collections.abc import Callable
from functools import partial

from redis import RedisError

from web.hub.core.credentials import SocketIdentity
from web.hub.core.measurements import LagHistogram
from web.hub.entry.operator_cap import OperatorCap, OperatorPlace
from web.hub.entry.recheck import Recheck
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection
from web.hub.telemetry.health_check import HealthCheck
from web.hub.telemetry.report_store import ReportStore
from web.hub.telemetry.reporter import Reporter

RENEW_EVERY_SECONDS = 30.0


class Housekeeping:
    """Runs once a second in the loop's thread; what waits for Redis is left to the Redis thread."""

    def __init__(
        self,
        name: str,
        context: HubContext,
        *,
        report_store: ReportStore,
        cap: OperatorCap,
        recheck: Recheck,
        recheck_every_seconds: float,
        health: HealthCheck,
        reporter: Reporter,
        windows: tuple[LagHistogram, ...],
    ) -> None:
        self._name = name
        self._context = context
        self._report_store = report_store
        self._cap = cap
        self._recheck = recheck
        self._recheck_every_seconds = recheck_every_seconds
        self._health = health
        self._reporter = reporter
        self._windows = windows
        self._given_up: deque[OperatorPlace] = deque()
        self._telling: set[str] = set()
        self._due: dict[str, float] = {}

    def name_of(self, connection: Connection) -> str:
        """Return the connection's name, unique among all processes."""
        return f"{self._name}.{connection.number}"

    def give_up_place(self, connection: Connection, identity: SocketIdentity) -> None:
        """The connection no longer counts among its operator's."""
        self._given_up.append((identity.operator_id, self.name_of(connection)))
        if len(self._given_up) == 1:
            self._context.loop.call(self._give_back)

    def go(self, now: float) -> None:
        """Do what is due."""
        self._health.ticked_at = now
        for lags in self._windows:
            lags.turn(now)
        self.report()
        self._give_back()
        if self._is_due("renew", RENEW_EVERY_SECONDS, now):
            self._tell_redis("renew", partial(self._cap.renew, self._places()))
        if self._is_due("recheck", self._recheck_every_seconds, now):
            self._recheck.all()

    def release_all(self) -> None:
        """Give back what is still held, once the loop has ended: the last of its kind in the Redis thread."""
        self._release(self._take_given_up())

    def report(self) -> None:
        """Leave the present numbers for the other processes, unless the last ones are still on their way."""
        report = self._reporter.make()
        if "report" not in self._telling:
            self._tell_redis("report", partial(self._report_store.publish, report))

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if name in self._telling or now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + every
        return True

    def _tell_redis(self, name: str, job: Callable[[], None]) -> None:
        """One of each kind at a time, so that nothing piles up behind a Redis that hangs."""
        self._telling.add(name)
        self._context.run_in_redis_thread(
            partial(_tried, job), partial(self._told, name), partial(self._told, name, False)
        )

    def _told(self, name: str, well: bool) -> None:
        self._telling.discard(name)
        self._context.counters.redis_failures += not well
        if name == "release" and well:
            self._give_back()

    def _give_back(self) -> None:
        """Where Redis did not take them back, the next second tries again."""
        if self._given_up and "release" not in self._telling:
            self._tell_redis("release", partial(self._release, self._take_given_up()))

    def _take_given_up(self) -> list[OperatorPlace]:
        return [self._given_up.popleft() for _ in range(len(self._given_up))]

    def _release(self, places: list[OperatorPlace]) -> None:
        try:
            self._cap.release(places)
        except RedisError:
            self._given_up.extend(places)
            raise

    def _places(self) -> list[OperatorPlace]:
        return [
            (connection.identity.operator_id, self.name_of(connection))
            for connection in self._context.loop.connections.values()
            if connection.is_open and connection.identity is not None
        ]


def _tried(job: Callable[[], None]) -> bool:
    try:
        job()
    except RedisError:
        return False
    return True
