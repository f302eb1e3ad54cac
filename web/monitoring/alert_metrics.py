"""The alerts' numbers for Prometheus, from the database and from Redis: workers have no place to show their own."""

import threading
import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from complaints.clock import utcnow
from complaints.db import Database
from complaints.telegram.circuit import current_outage
from complaints.telegram.limiter import budget_in_use
from complaints.upkeep.alert_stats import AlertStats, count_alerts
from complaints.upkeep.outcome_counters import BOUNDS, Counts, read_counts

KEEP_SECONDS = 5.0


class AlertCollector(Collector):
    """Counts at a scrape, at most once in five seconds. What can't be asked is left out."""

    def __init__(self, database: Database, redis: Redis, permitted: int) -> None:
        self._database = database
        self._redis = redis
        self._permitted = permitted
        self._lock = threading.Lock()
        self._kept: list[Metric] = []
        self._kept_until = 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield every family, as it was at most five seconds ago."""
        with self._lock:
            if time.monotonic() >= self._kept_until:
                self._kept = [*self._of_database(), *self._of_redis()]
                self._kept_until = time.monotonic() + KEEP_SECONDS
            yield from self._kept

    def _of_database(self) -> list[Metric]:
        try:
            with self._database.read() as session:
                return families(count_alerts(session, now=utcnow()))
        except SQLAlchemyError:
            return []

    def _of_redis(self) -> list[Metric]:
        try:
            return [
                _circuit(is_open=current_outage(self._redis) is not None),
                _budget(budget_in_use(self._redis, self._permitted)),
                *counted(read_counts(self._redis)),
            ]
        except RedisError:
            return []


def families(figures: AlertStats) -> list[Metric]:
    """Return the figures as Prometheus wants them."""
    states = GaugeMetricFamily(
        "redress_alerts", "Alerts of the last hour, and all pending or sending ones", labels=["state"]
    )
    for state, count in figures.states.items():
        states.add_metric([state], count)
    return [
        states,
        GaugeMetricFamily("redress_alerts_due", "Alerts owed now to chats that take them", figures.due),
        GaugeMetricFamily(
            "redress_alerts_overdue_seconds", "Since when the first of them is due", figures.overdue_seconds
        ),
        GaugeMetricFamily(
            "redress_alerts_oldest_pending_seconds", "Age of the oldest pending one", figures.oldest_seconds
        ),
        GaugeMetricFamily(
            "redress_events_unrouted", "Numbered events without their alerts", figures.unrouted
        ),
        GaugeMetricFamily("redress_telegram_updates_waiting", "Updates not yet consumed", figures.updates),
    ]


def counted(counts: Counts) -> list[Metric]:
    """Return the counters of all workers as Prometheus wants them."""
    outcomes = CounterMetricFamily(
        "redress_alert_outcomes", "Requests to Telegram by what became of them", labels=["request", "outcome"]
    )
    for labels, number in counts.outcomes.items():
        outcomes.add_metric(labels, number)
    waits = HistogramMetricFamily("redress_alert_wait_seconds", "From an alert's creation to its answer")
    bounds = [*map(floatToGoString, BOUNDS), "+Inf"]
    waits.add_metric([], list(zip(bounds, counts.waits, strict=True)), counts.waited_seconds)
    retries = CounterMetricFamily(
        "redress_alert_retries", "Alerts that went back to be tried again", counts.retries
    )
    refusals = CounterMetricFamily(
        "redress_telegram_refusals", "Requests that Telegram refused, by its own words", labels=["text"]
    )
    for text, number in counts.refusals.items():
        refusals.add_metric([text], number)
    return [outcomes, retries, waits, refusals]


def _circuit(*, is_open: bool) -> Metric:
    meaning = "1 while requests to Telegram are held back because it does not answer"
    return GaugeMetricFamily("redress_telegram_circuit_open", meaning, int(is_open))


def _budget(share: float) -> Metric:
    meaning = "Share of the requests that Telegram permits to everybody together which is taken now"
    return GaugeMetricFamily("redress_telegram_budget_in_use", meaning, share)


def registry_of(database: Database, redis: Redis, permitted: int, *others: Collector) -> CollectorRegistry:
    """Return a registry of these numbers and others: the process's own one lives longer than an application.

    `permitted` is how many requests Telegram lets everybody make within its window.
    """
    registry = CollectorRegistry()
    for collector in (AlertCollector(database, redis, permitted), *others):
        registry.register(collector)
    return registry
