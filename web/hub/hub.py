"""The hub of one web process, as its request threads and gunicorn's hooks see it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from web.hub.core.credentials import Credential
from web.hub.core.hub_status import HubStatus
from web.hub.core.threads import ThreadGroup
from web.hub.entry.admission import Admission
from web.hub.lifecycle.connections import Connections
from web.hub.loop.context import HubContext
from web.hub.socket.ticket import Ticket
from web.hub.stream.reader import StreamReader
from web.hub.stream.reader_state import ReaderState
from web.hub.stream.signal_listener import SignalListener
from web.hub.telemetry.health_check import HealthCheck, count_by_status
from web.hub.telemetry.metrics import HubCollector
from web.hub.telemetry.process_reports import ProcessReports
from web.hub.telemetry.reporter import Reporter
from web.hub.telemetry.summary import lag_ms, summary

NEIGHBOURS_WITHIN_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class HubParts:
    """What `web.hub.wiring` has built. `last_jobs` take leave of Redis, in this order, when the loop has ended."""

    group: str
    status: HubStatus
    context: HubContext
    admission: Admission
    connections: Connections
    reader: StreamReader
    reader_state: ReaderState
    signals: SignalListener
    health: HealthCheck
    reporter: Reporter
    process_reports: ProcessReports
    last_jobs: tuple[Callable[[], object], ...]


class Hub:
    """Owns every socket of the process once `start` was called. Safe to share among threads."""

    def __init__(self, parts: HubParts, *, lost: Callable[[], object]) -> None:
        """`lost` is called when a thread has died, in that thread."""
        self._parts = parts
        self._loop = parts.context.loop
        self._threads = ThreadGroup(parts.status, ended=self._thread_ended, lost=lost)

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self._parts.status.accepting

    def wait_for_begin(self, seconds: float) -> None:
        """Wait until it accepts sockets for the first time, for so long at most."""
        self._parts.status.wait_for_begin(seconds)

    def start(self) -> None:
        """Start the threads; in the process that serves, after any fork."""
        parts = self._parts
        self._threads.start(
            {"loop": parts.connections.run, "reader": parts.reader.run, "signals": parts.signals.run}
        )

    def admit(self, address: str, *, vouched: bool = False) -> Ticket:
        """Take a place for a socket; see `Admission.admit`. `adopt` it or `give_back` the ticket."""
        return self._parts.admission.admit(address, vouched=vouched)

    def give_back(self, ticket: Ticket) -> None:
        """The socket did not come to be."""
        self._parts.admission.give_back(ticket)

    def adopt(self, sock: socket.socket, ticket: Ticket, credential: Credential | None) -> None:
        """Hand a socket over: it is the hub's from here on, and so is the ticket."""
        self._loop.call(partial(self._parts.connections.adopt, sock, ticket, credential))

    def drain(self, within_seconds: float) -> None:
        """Close every socket with 4001 within that time, then end. Safe in a signal handler."""
        self._loop.call(partial(self._parts.connections.drain, within_seconds))

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the end of all threads; say whether it has come."""
        return self._threads.join(timeout_seconds)

    def stats(self) -> dict[str, Any]:
        """Return the numbers of all web processes; `complete` is false where Redis doesn't tell of the others."""
        reports = self._parts.process_reports
        others = reports.others()
        return summary([reports.own(), *(others or ())]) | {"complete": others is not None}

    def metrics(self) -> HubCollector:
        """Return what `prometheus_client` can register."""
        return HubCollector(self._parts.process_reports, self._parts.group)

    def health(self) -> dict[str, Any]:
        """Return how this process's hub is, and how many of all processes are how; asks Redis, but not for long."""
        own, verdict = self._parts.reporter.last, self._parts.health.look()
        others = self._parts.process_reports.others(NEIGHBOURS_WITHIN_SECONDS)
        return {
            "status": verdict.status,
            "detail": verdict.detail,
            "hub": "alive" if self.accepting else "not accepting",
            "stream": "readable" if self._parts.reader_state.well else "unreadable",
            "connections": own.connections,
            "head": own.head,
            "lag_ms": lag_ms([own.lag]),
            "processes": None
            if others is None
            else count_by_status([verdict.status, *(other.status for other in others)]),
        }

    def _thread_ended(self, name: str) -> None:
        """Without a loop nobody is served: the others may rest."""
        if name == "loop":
            self._parts.reader.stop()
            self._parts.signals.stop()
            self._parts.context.end(self._parts.last_jobs)
