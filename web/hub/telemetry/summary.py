"""The numbers of several web processes, added up for people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from web.hub.core.measurements import LagBuckets, percentile
from web.hub.telemetry.report import Report

SUMMED = ("connections", "sent", "queued_bytes", "slow_closes", "resumes", "resyncs")


def summary(reports: list[Report]) -> dict[str, Any]:
    """Add the processes up."""
    roles: Counter[str] = Counter()
    for report in reports:
        roles.update(report.connections_by_role)
    totals = {name: sum(getattr(report, name) for report in reports) for name in SUMMED}
    return {
        **totals,
        "connections_by_role": dict(roles),
        "head": max((report.head for report in reports), default=0),
        "lag_ms": lag_ms(report.lag for report in reports),
        "screen_lag_ms": lag_ms(report.screen_lag for report in reports),
        "processes": [_on_wire(report) for report in reports],
    }


def lag_ms(spreads: Iterable[LagBuckets]) -> dict[str, float | None]:
    """Return the percentiles of the last minute or two over all of them; None where nothing happened."""
    added = [sum(column) for column in zip(*(spread.recent for spread in spreads), strict=True)]
    return {"p50": percentile(added, 0.5), "p99": percentile(added, 0.99)}


def _on_wire(report: Report) -> dict[str, Any]:
    shown = asdict(report)
    for name in ("group", "lag", "screen_lag"):
        del shown[name]
    lags = {"lag_ms": lag_ms([report.lag]), "screen_lag_ms": lag_ms([report.screen_lag])}
    return shown | lags
