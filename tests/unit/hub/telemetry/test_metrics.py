"""The numbers of several processes: added up for people, side by side for Prometheus."""

from collections import defaultdict

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from tests.unit.hub.telemetry.reports import lags_of, report
from web.hub.telemetry.health_check import count_by_status
from web.hub.telemetry.metrics import families
from web.hub.telemetry.report import Report
from web.hub.telemetry.summary import summary

Samples = dict[str, dict[tuple[str, ...], float]]
KEPT = ("worker", "role", "code", "le")


class Credential(Collector):
    def __init__(self, reports: list[Report]) -> None:
        self._reports = reports

    def collect(self) -> list[Metric]:
        return list(families(self._reports))


def scrape(*reports: Report) -> Samples:
    """Return every sample by its name and its labels' values, as Prometheus would read them."""
    registry = CollectorRegistry()
    registry.register(Credential(list(reports)))
    found: Samples = defaultdict(dict)
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = tuple(sample.labels[name] for name in KEPT if name in sample.labels)
            found[sample.name][labels] = sample.value
    return found


def test_a_report_arrives_as_it_was_sent() -> None:
    sent = report(1, closes={"4008": 3}, lag=lags_of(0.1, 7, 10**9).spread())
    assert Report.decode(sent.encode().encode()) == sent


def test_percentiles_are_those_of_all_processes_together() -> None:
    # Given: one that serves most, fast, and one that serves few, slowly
    fast, slow = lags_of(*[4] * 98), lags_of(*[400] * 2)
    # When
    merge_presence = summary([report(1, lag=fast.spread()), report(2, lag=slow.spread())])
    # Then
    assert merge_presence["lag_ms"] == {"p50": 4, "p99": 400}
    assert [one["lag_ms"]["p99"] for one in merge_presence["processes"]] == [4, 400]


@pytest.mark.parametrize("reports", [[], [report(1), report(2)]])
def test_where_nothing_happened_lately_there_is_no_lag(reports: list[Report]) -> None:
    assert summary(reports)["lag_ms"] == {"p50": None, "p99": None}


def test_each_worker_is_a_series_of_its_own() -> None:
    # When
    found = scrape(
        report(1, sent=5, connections=3, connections_by_role={"admin": 2}, unauthenticated=1),
        report(2, sent=7, closes={"4001": 4, "4503": 1}, queued_bytes=99, slow_closes=6),
    )
    # Then
    assert found["redress_hub_sent_total"] == {("1",): 5, ("2",): 7}
    assert found["redress_hub_connections"] == {
        ("1", "admin"): 2,
        ("1", "unauthenticated"): 1,
        ("2", "unauthenticated"): 0,
    }
    closes = found["redress_hub_closes_total"]
    assert {labels: count for labels, count in closes.items() if count} == {
        ("2", "4001"): 4,
        ("2", "4503"): 1,
    }
    assert closes["1", "4008"] == 0
    assert found["redress_hub_queued_bytes"] == {("1",): 0, ("2",): 99}
    assert found["redress_hub_slow_closes_total"] == {("1",): 0, ("2",): 6}
    assert found["process_resident_memory_bytes"] == {("1",): 4096, ("2",): 4096}
    assert found["process_cpu_seconds_total"] == {("1",): 1.5, ("2",): 1.5}


def test_a_histogram_counts_exactly_and_for_ever() -> None:
    # Given
    lags = lags_of(0.2, 1.0, 1.1, 50.0, 50.1, 3_000.0, 70_000.0)
    lags.turn(now=60)
    lags.turn(now=120)
    # When
    found = scrape(report(1, lag=lags.spread(), screen_lag=lags_of(20).spread()))
    # Then
    buckets = {float(le): count for (_, le), count in found["redress_hub_lag_seconds_bucket"].items()}
    some = (0.001, 0.002, 0.05, 0.1, 2.0, 5.0, 50.0, float("inf"))
    assert [buckets[bound] for bound in some] == [2, 3, 4, 5, 5, 6, 6, 7]
    assert len(buckets) <= 20
    assert found["redress_hub_lag_seconds_count"][("1",)] == 7
    assert found["redress_hub_lag_seconds_sum"][("1",)] == pytest.approx(73.1024)
    assert found["redress_hub_screen_lag_seconds_count"][("1",)] == 1


def test_processes_are_counted_by_how_they_are() -> None:
    assert count_by_status(["ok", "down", "ok"]) == {"ok": 2, "degraded": 0, "down": 1}
