"""What readiness finds, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from complaints.upkeep.oldest_waiting import Wait
from complaints.upkeep.worker_heartbeat import WORKERS
from web.monitoring.readiness import WELL, Readiness, Verdict


class ReadinessCollector(Collector):
    """Looks at a scrape."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: registering asks nobody."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every family, as it is now."""
        yield from readiness_families(self._readiness.look())


def readiness_families(found: Verdict) -> list[Metric]:
    """Return the verdict as Prometheus wants it; what could not be asked is left out."""
    ready = GaugeMetricFamily(
        "redress_ready", "1 where this part of the deployment is well", labels=["check"]
    )
    for name, check in found.checks.items():
        ready.add_metric([name], int(check["status"] in WELL))
    oldest = GaugeMetricFamily(
        "redress_oldest_waiting_seconds", "Age of the oldest that waits for somebody of us", labels=["kind"]
    )
    for wait in Wait if found.oldest_known else ():
        since = found.oldest.get(wait, found.at)
        oldest.add_metric([wait], (found.at - since).total_seconds())
    held = GaugeMetricFamily(
        "redress_chat_held_seconds",
        "For how long Telegram makes a chat wait, if over a minute",
        labels=["chat"],
    )
    for hold in found.held:
        held.add_metric([str(hold.chat_id or "not linked")], (hold.until - found.at).total_seconds())
    missing = GaugeMetricFamily(
        "redress_worker_missing", "1 where no worker of the kind works", labels=["kind"]
    )
    for kind in WORKERS if found.workers_known else ():
        missing.add_metric([kind], int(kind in found.missing))
    stopped = GaugeMetricFamily(
        "redress_process_stopped_seconds",
        "Since when a process is not heard of, and none has taken its place",
        labels=["kind", "process"],
    )
    for one in found.stopped:
        stopped.add_metric([one.kind, one.name], (found.at - one.seen_at).total_seconds())
    mails = GaugeMetricFamily("redress_mails", "Mails that were owed in the last day", labels=["state"])
    for state, number in found.mails.items():
        mails.add_metric([state], number)
    return [ready, oldest, held, missing, stopped, mails]
