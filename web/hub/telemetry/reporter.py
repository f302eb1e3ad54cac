"""What a process says of itself, put together from its parts."""

import os
import socket
from collections import Counter
from pathlib import Path
from time import process_time, time

from web.hub.core.close_codes import Close
from web.hub.core.measurements import Lags
from web.hub.loop.context import Room
from web.hub.socket.connection import Connection
from web.hub.telemetry.hub_health import Vitals
from web.hub.telemetry.report_store import Report

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")  # proc(5): sizes in pages, the second is the resident one


class Reporter:
    """Makes reports in the loop's thread; `last` is for everybody to look at."""

    def __init__(
        self, name: str, group: str, room: Room, vitals: Vitals, *, lags: Lags, seen_lags: Lags
    ) -> None:
        self._name = name
        self._group = group
        self._room = room
        self._vitals = vitals
        self._lags = lags
        self._seen_lags = seen_lags
        self._started_at = time()
        self.last = self.make()

    def make(self) -> Report:
        """Return how things stand now."""
        counters = self._room.counters
        here = [one for one in self._room.loop.connections.values() if one.is_open]
        roles = _roles_of(here)
        self.last = Report(
            name=self._name,
            group=self._group,
            pid=os.getpid(),
            host=socket.gethostname(),
            status=self._vitals.look().status,
            started_at=self._started_at,
            cpu_seconds=process_time(),
            resident_bytes=_resident_bytes(),
            connections=len(here),
            connections_by_role=dict(roles),
            unauthenticated=len(here) - roles.total(),
            sent=counters.sent,
            queued_bytes=sum(connection.queued for connection in here),
            slow_closes=counters.closes[Close.SLOW],
            resumes=counters.resumes,
            resyncs=counters.resyncs,
            faults=counters.faults,
            redis_failures=counters.redis_failures,
            head=self._room.tail.head,
            epoch=self._room.epoch,
            closes={str(int(code)): count for code, count in counters.closes.items()},
            lag=self._lags.spread(),
            screen_lag=self._seen_lags.spread(),
        )
        return self.last


def _roles_of(connections: list[Connection]) -> Counter[str]:
    return Counter(str(one.identity.role) for one in connections if one.identity is not None)


def _resident_bytes() -> int:
    try:
        return int(STATM.read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0  # no descriptor is free: the loop needs this number less than it needs to go on
