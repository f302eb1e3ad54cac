"""What a process says of itself, put together from its parts."""

import os
import socket
from collections import Counter
from pathlib import Path
from time import process_time, time

from web.hub.core.close_codes import CloseCode
from web.hub.core.measurements import LagHistogram
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection
from web.hub.telemetry.health_check import HealthCheck
from web.hub.telemetry.report import Report

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")  # proc(5): sizes in pages, the second is the resident one


class Reporter:
    """Makes reports in the loop's thread; `last` is for everybody to look at."""

    def __init__(
        self,
        name: str,
        group: str,
        context: HubContext,
        health: HealthCheck,
        *,
        lags: LagHistogram,
        screen_lags: LagHistogram,
    ) -> None:
        self._name = name
        self._group = group
        self._context = context
        self._health = health
        self._lags = lags
        self._screen_lags = screen_lags
        self._started_at = time()
        self.last = self.make()

    def make(self) -> Report:
        """Return how things stand now."""
        counters = self._context.counters
        here = [one for one in self._context.loop.connections.values() if one.is_open]
        roles = _roles_of(here)
        self.last = Report(
            name=self._name,
            group=self._group,
            pid=os.getpid(),
            host=socket.gethostname(),
            status=self._health.look().status,
            started_at=self._started_at,
            cpu_seconds=process_time(),
            resident_bytes=_resident_bytes(),
            connections=len(here),
            connections_by_role=dict(roles),
            unauthenticated=len(here) - roles.total(),
            sent=counters.sent,
            queued_bytes=sum(connection.queued for connection in here),
            slow_closes=counters.closes[CloseCode.SLOW],
            resumes=counters.resumes,
            resyncs=counters.resyncs,
            faults=counters.faults,
            redis_failures=counters.redis_failures,
            head=self._context.tail.head,
            epoch=self._context.epoch,
            closes={str(int(code)): count for code, count in counters.closes.items()},
            lag=self._lags.spread(),
            screen_lag=self._screen_lags.spread(),
        )
        return self.last


def _roles_of(connections: list[Connection]) -> Counter[str]:
    return Counter(str(one.identity.role) for one in connections if one.identity is not None)


def _resident_bytes() -> int:
    try:
        return int(STATM.read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0  # no descriptor is free: the loop needs this number less than it needs to go on
