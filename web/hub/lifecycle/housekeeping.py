"""What a hub does every so often: report its numbers, look at its sessions again, keep its operators' places."""

from functools import partial

from web.hub.core.measurements import LagHistogram
from web.hub.entry.operator_places import OperatorPlaces
from web.hub.entry.recheck import Recheck
from web.hub.loop.redis_jobs import RedisJobs
from web.hub.telemetry.health_check import HealthCheck
from web.hub.telemetry.report_store import ReportStore
from web.hub.telemetry.reporter import Reporter

RENEW_EVERY_SECONDS = 30.0
REPORT = "report"


class Housekeeping:
    """Runs in the loop's thread."""

    def __init__(
        self,
        jobs: RedisJobs,
        *,
        places: OperatorPlaces,
        recheck: Recheck,
        recheck_every_seconds: float,
        health: HealthCheck,
        reporter: Reporter,
        report_store: ReportStore,
        windows: tuple[LagHistogram, ...],
    ) -> None:
        self._jobs = jobs
        self._places = places
        self._recheck = recheck
        self._recheck_every_seconds = recheck_every_seconds
        self._health = health
        self._reporter = reporter
        self._report_store = report_store
        self._windows = windows
        self._renew_at = 0.0
        self._recheck_at = 0.0

    def tick(self, now: float) -> None:
        """Once a second: do what is due."""
        self._health.ticked_at = now
        for lags in self._windows:
            lags.turn(now)
        self.report()
        self._places.give_back()
        if now >= self._renew_at and self._places.renew():
            self._renew_at = now + RENEW_EVERY_SECONDS
        if now >= self._recheck_at:
            self._recheck_at = now + self._recheck_every_seconds
            self._recheck.all()

    def report(self) -> None:
        """Leave the present numbers for the other processes, unless the last ones are still on their way."""
        self._jobs.start(REPORT, partial(self._report_store.publish, self._reporter.make()))
