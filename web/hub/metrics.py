"""The hub's numbers for Prometheus, read from it at each scrape: nothing is counted twice. One process' own."""

from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from web.hub.numbers import BOUNDS_MS, Counters, Lags
from web.hub.stats import Report

PREFIX = "redress_hub"
TOTALS = {
    "sent": "Event frames sent",
    "resumes": "Subscriptions with a cursor",
    "resyncs": "Times a client was told to fetch its list again",
    "faults": "Connections closed for a fault of ours",
    "redis_failures": "Times Redis did not take what the hub told it",
}


class HubCollector(Collector):
    """Registered once a process."""

    def __init__(self, report: Callable[[], Report], counters: Counters, lags: Lags, seen_lags: Lags) -> None:
        self._report = report
        self._counters = counters
        self._lags = lags
        self._seen_lags = seen_lags

    def collect(self) -> Iterator[Metric]:
        """Yield every family as it is now."""
        report = self._report()
        sockets = GaugeMetricFamily(f"{PREFIX}_connections", "Open sockets", labels=["role"])
        for role, count in {**report.connections_by_role, "": report.unauthenticated}.items():
            sockets.add_metric([role], count)
        yield sockets
        yield GaugeMetricFamily(f"{PREFIX}_queued_bytes", "Bytes waiting for peers", report.queued_bytes)
        yield GaugeMetricFamily(f"{PREFIX}_head", "Seq up to which events were distributed", report.head)
        for name, meaning in TOTALS.items():
            yield CounterMetricFamily(f"{PREFIX}_{name}", meaning, getattr(self._counters, name))
        closes = CounterMetricFamily(f"{PREFIX}_closes", "Sockets that ended", labels=["code"])
        for code, count in tuple(self._counters.closes.items()):
            closes.add_metric([str(int(code))], count)
        yield closes
        yield _histogram("lag_seconds", "From the change to the write", self._lags)
        yield _histogram("screen_lag_seconds", "From the change to the screen", self._seen_lags)


def _histogram(name: str, meaning: str, lags: Lags) -> HistogramMetricFamily:
    bounds = [f"{bound / 1000:.6g}" for bound in BOUNDS_MS] + ["+Inf"]
    buckets = list(zip(bounds, accumulate(lags.counts), strict=True))
    return HistogramMetricFamily(f"{PREFIX}_{name}", meaning, buckets, lags.total_ms / 1000)
