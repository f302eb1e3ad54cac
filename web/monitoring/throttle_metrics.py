"""Whether this web process counts tries for itself."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from web.http.app_services import services


class ThrottleCollector(Collector):
    """Tells while every process lets in as many as all together should. It is asked in a request."""

    def collect(self) -> Iterator[Metric]:
        """Yield the one family."""
        meaning = "1 while Redis does not answer, and this web process counts rate limits for itself"
        yield GaugeMetricFamily(
            "redress_throttle_counts_alone", meaning, int(services().throttle.counts_alone)
        )
