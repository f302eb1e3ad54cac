"""The alerts' numbers for Prometheus, counted in the database: workers have no place to show their own."""

import threading
import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from complaints.alerts.circuit import current_outage
from complaints.alerts.figures import Figures, count_alerts
from complaints.clock import utcnow
from complaints.db import Database

KEEP_SECONDS = 5.0


class AlertCollector(Collector):
    """Counts at a scrape, at most once in five seconds. What can't be asked is left out."""

    def __init__(self, database: Database, redis: Redis) -> None:
        self._database = database
        self._redis = redis
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
            is_open = current_outage(self._redis) is not None
        except RedisError:
            return []
        meaning = "1 while requests to Telegram are held back because it does not answer"
        return [GaugeMetricFamily("redress_telegram_circuit_open", meaning, int(is_open))]


def families(figures: Figures) -> list[Metric]:
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
            "redress_events_unrouted", "Numbered events without their alerts", figures.unrouted
        ),
        GaugeMetricFamily("redress_telegram_updates_waiting", "Updates not yet consumed", figures.updates),
    ]


def registry_of(database: Database, redis: Redis) -> CollectorRegistry:
    """Return a registry of these numbers alone: the process's own one lives longer than an application."""
    registry = CollectorRegistry()
    registry.register(AlertCollector(database, redis))
    return registry
