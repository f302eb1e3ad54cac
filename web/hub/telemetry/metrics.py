"""The hubs' numbers for Prometheus: of all workers of this gunicorn, whichever of them is asked.

Each worker is a series of its own, labelled with its pid, so that a counter never jumps back to that of another
worker. The others' numbers are those of their last report; where Redis is away only the own ones are told.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from web.hub.core.close_codes import CloseCode
from web.hub.core.measurements import BOUNDS_MS, LagBuckets
from web.hub.telemetry.process_reports import ProcessReports
from web.hub.telemetry.report import Report

PREFIX = "redress_hub_"
WORKER = "worker"
NOBODY = "unauthenticated"
GAUGES = {
    f"{PREFIX}queued_bytes": "Bytes waiting for peers",
    f"{PREFIX}head": "Seq up to which events were distributed",
    "process_resident_memory_bytes": "Resident memory size in bytes.",
    "process_start_time_seconds": "Start time of the process since unix epoch in seconds.",
}
COUNTERS = {
    f"{PREFIX}sent": "Event frames sent",
    f"{PREFIX}resumes": "Subscriptions with a cursor",
    f"{PREFIX}resyncs": "Times a client was told to fetch its list again",
    f"{PREFIX}slow_closes": "Sockets closed because their peer took too little for too long",
    f"{PREFIX}faults": "Connections closed for a fault of ours",
    f"{PREFIX}redis_failures": "Times Redis did not take what the hub told it",
    "process_cpu_seconds": "Total user and system CPU time spent in seconds.",
}
FIELDS = {
    "process_resident_memory_bytes": "resident_bytes",
    "process_start_time_seconds": "started_at",
    "process_cpu_seconds": "cpu_seconds",
}
NEVER = {str(int(code)): 0 for code in CloseCode}  # so that the first close of a kind is seen as an increase
SHOWN_MS = tuple(step * 10**decade for decade in range(5) for step in (1, 2, 5))
SHOWN = list(
    zip(
        map(floatToGoString, (bound / 1000 for bound in SHOWN_MS)),
        map(BOUNDS_MS.index, SHOWN_MS),
        strict=True,
    )
)
"""What is shown of the fine bounds, in seconds, and where each stands among them."""


class HubCollector(Collector):
    """Registered once a process."""

    def __init__(self, process_reports: ProcessReports, group: str) -> None:
        self._process_reports = process_reports
        self._group = group

    def describe(self) -> Iterable[Metric]:
        """Name nothing: to be registered is no reason to ask anybody."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every family as it is now."""
        others = self._process_reports.others() or []
        return families([self._process_reports.own(), *(one for one in others if one.group == self._group)])


def families(reports: list[Report]) -> Iterator[Metric]:
    """Yield what the reports say, a series a worker."""
    yield _connections(reports)
    for name, meaning in GAUGES.items():
        yield _filled(GaugeMetricFamily(name, meaning, labels=[WORKER]), reports)
    for name, meaning in COUNTERS.items():
        yield _filled(CounterMetricFamily(name, meaning, labels=[WORKER]), reports)
    yield _closes(reports)
    lags = {str(report.pid): report.lag for report in reports}
    yield _histogram("lag_seconds", "From an event's write to that to the sockets; without replays", lags)
    screen_lags = {str(report.pid): report.screen_lag for report in reports}
    yield _histogram(
        "screen_lag_seconds", "From an event's write to the screen, as clients tell", screen_lags
    )


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, reports: list[Report]
) -> GaugeMetricFamily | CounterMetricFamily:
    field = FIELDS.get(family.name, family.name.removeprefix(PREFIX))
    for report in reports:
        family.add_metric([str(report.pid)], getattr(report, field))
    return family


def _connections(reports: list[Report]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}connections", "Open sockets", labels=[WORKER, "role"])
    for report in reports:
        for role, count in {**report.connections_by_role, NOBODY: report.unauthenticated}.items():
            family.add_metric([str(report.pid), role], count)
    return family


def _closes(reports: list[Report]) -> Metric:
    family = CounterMetricFamily(f"{PREFIX}closes", "Sockets that ended", labels=[WORKER, "code"])
    for report in reports:
        for code, count in (NEVER | report.closes).items():
            family.add_metric([str(report.pid), code], count)
    return family


def _histogram(name: str, meaning: str, spreads: dict[str, LagBuckets]) -> Metric:
    family = HistogramMetricFamily(f"{PREFIX}{name}", meaning, labels=[WORKER])
    for worker, spread in spreads.items():
        reached = list(accumulate(spread.counts))
        buckets = [(bound, reached[index]) for bound, index in SHOWN]
        family.add_metric([worker], [*buckets, ("+Inf", reached[-1])], spread.total_ms / 1000)
    return family
