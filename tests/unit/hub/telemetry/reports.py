"""Reports as tests want them."""

from typing import Any

from web.hub.core.measurements import LagHistogram
from web.hub.telemetry.report import Report


def lags_of(*milliseconds: float) -> LagHistogram:
    lags = LagHistogram(now=0)
    for ms in milliseconds:
        lags.observe(ms)
    return lags


def report(pid: int, **differences: Any) -> Report:
    """Make the report of a process in which little has happened."""
    fields: dict[str, Any] = {
        "name": f"hub {pid}",
        "group": "one gunicorn",
        "pid": pid,
        "host": "here",
        "status": "ok",
        "started_at": 1_700_000_000.0,
        "cpu_seconds": 1.5,
        "resident_bytes": 4096,
        "connections": 0,
        "connections_by_role": {},
        "unauthenticated": 0,
        "sent": 0,
        "queued_bytes": 0,
        "slow_closes": 0,
        "resumes": 0,
        "resyncs": 0,
        "faults": 0,
        "redis_failures": 0,
        "head": 0,
        "epoch": "e",
        "closes": {},
        "lag": lags_of().spread(),
        "screen_lag": lags_of().spread(),
    }
    return Report(**{**fields, **differences})
