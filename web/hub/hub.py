"""The hub of one web process, as its request threads and gunicorn's hooks see it."""

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import UUID

from redis import Redis

from complaints.accounts.sessions import REVOKED_CHANNEL, load_identities
from complaints.alerts.state.alert_signals import ALERTS_CHANNEL, decode_changes
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_feed import Head
from complaints.events.event_stream import EventStream
from complaints.queries.finding import load_sites
from complaints.settings import Settings
from web.hub.core.credentials import Credential, Identify, SocketIdentity, Ticket
from web.hub.core.threads import ThreadGroup
from web.hub.entry.admission import Admission, OperatorCap
from web.hub.entry.descriptors import raise_descriptor_limit, sockets_that_fit
from web.hub.life.connections import Arrival, Connections, Restart
from web.hub.loop.heartbeat import Intervals
from web.hub.presence.presence_store import PRESENCE_CHANNEL, PresenceStore
from web.hub.presence.site_lookup import FoundSites
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.stream.history import History
from web.hub.stream.reader import StreamReader
from web.hub.stream.signal_listener import SignalListener
from web.hub.telemetry.hub_health import count_by_status
from web.hub.telemetry.metrics import HubCollector
from web.hub.telemetry.process_reports import ProcessReports
from web.hub.telemetry.report_store import ReportStore, lag_ms, summary

NEIGHBOURS_WITHIN_SECONDS = 0.3
NAME_BYTES = 5


class Hub:
    """Owns every socket of the process once `start` was called. Safe to share among threads."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        redis: Redis,
        identify: Identify,
        *,
        intervals: Intervals | None = None,
        group: str | None = None,
        lost: Callable[[], object] | None = None,
    ) -> None:
        """`group` is shared by the workers of one gunicorn; `lost` is called when a thread has died."""
        stream = EventStream(redis)
        self._database = database
        self._redis = redis
        self._store, self._presence_store = ReportStore(redis), PresenceStore(redis)
        self._admission = Admission(
            sockets=sockets_that_fit(settings.sockets_per_process, raise_descriptor_limit()),
            unauthenticated_per_address=settings.sockets_unauthenticated_per_address,
        )
        self._reader = StreamReader(database, stream, self, probe=self._probe_redis)
        self._name = os.urandom(NAME_BYTES).hex()
        self._group = group or self._name
        self._threads = ThreadGroup(
            is_ending=lambda: self._connections.draining,
            ended=self._thread_ended,
            lost=lost or (lambda: None),
        )
        self._connections = Connections(
            self._name,
            self._group,
            intervals=intervals or Intervals(),
            pages=History(database, stream),
            store=self._store,
            admission=self._admission,
            cap=OperatorCap(redis, settings.sockets_per_operator),
            identify=identify,
            load_identities=self._load_identities,
            presence_store=self._presence_store,
            load_sites=self._load_sites,
            reader=self._reader,
            lost=lambda: self._threads.lost,
            replay_limit=settings.replay_limit,
        )
        self._context = self._connections.context
        self._arrivals: deque[Arrival] = deque()
        call = self._context.loop.call
        self._signals = SignalListener(
            redis,
            heard={
                REVOKED_CHANNEL: lambda text: call(partial(self._connections.recheck.signalled, text)),
                PRESENCE_CHANNEL: lambda text: call(partial(self._connections.presence.heard, text)),
                ALERTS_CHANNEL: lambda text: call(
                    partial(self._connections.presence.alerts_changed, decode_changes(text))
                ),
            },
            subscribed=lambda: call(self._connections.look_again),
        )
        self._process_reports = ProcessReports(
            self._name, self._context, self._store, self._connections.reporter
        )

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self._connections.ready and not self._connections.draining and self._threads.lost is None

    def start(self) -> None:
        """Start the threads; in the process that serves, after any fork."""
        self._threads.start(
            {"loop": self._context.loop.run, "reader": self._reader.run, "signals": self._signals.run}
        )

    def admit(self, address: str, *, vouched: bool = False) -> Ticket:
        """Take a place for a socket; see `Admission.admit`. `adopt` it or `give_back` the ticket."""
        return self._admission.admit(address, vouched=vouched)

    def give_back(self, ticket: Ticket) -> None:
        """The socket did not come to be."""
        self._admission.give_back(ticket)

    def adopt(self, sock: socket.socket, ticket: Ticket, credential: Credential | None) -> None:
        """Hand a socket over: it is the hub's from here on, and so is the ticket."""
        self._context.loop.call(partial(self._connections.adopt, sock, ticket, credential))

    def drain(self, within: float) -> None:
        """Close every socket with 4001 within so many seconds, then end. Safe in a signal handler."""
        self._context.loop.call(partial(self._connections.drain, within))

    def join(self, timeout: float) -> bool:
        """Wait for the end of all threads; say whether it has come."""
        return self._threads.join(timeout)

    def restarted(self, head: Head, newest: list[EncodedEvent], reason: str) -> None:
        """See `StreamListener`."""
        self._arrive([Restart(head, newest, reason)])

    def advanced(self, encoded_events: list[EncodedEvent]) -> None:
        """See `StreamListener`."""
        self._arrive(encoded_events)

    def stats(self) -> dict[str, Any]:
        """Return the numbers of all web processes; `complete` is false where Redis doesn't tell of the others."""
        others = self._process_reports.others()
        return summary([self._process_reports.own(), *(others or ())]) | {"complete": others is not None}

    def metrics(self) -> HubCollector:
        """Return what `prometheus_client` can register."""
        return HubCollector(self._process_reports, self._group)

    def health(self) -> dict[str, Any]:
        """Return how this process's hub is, and how many of all processes are how; asks Redis, but not for long."""
        own, verdict = self._connections.reporter.last, self._connections.health.look()
        others = self._process_reports.others(NEIGHBOURS_WITHIN_SECONDS)
        return {
            "status": verdict.status,
            "detail": verdict.detail,
            "hub": "alive" if self.accepting else "not accepting",
            "stream": "readable" if self._reader.well else "unreadable",
            "connections": own.connections,
            "head": own.head,
            "lag_ms": lag_ms([own.lag]),
            "processes": None
            if others is None
            else count_by_status([verdict.status, *(other.status for other in others)]),
        }

    def _arrive(self, arrivals: Iterable[Arrival]) -> None:
        self._arrivals.extend(arrivals)
        self._context.loop.call(partial(self._connections.take_arrivals, self._arrivals))

    def _thread_ended(self, name: str) -> None:
        """Without a loop nobody is served: the others may rest."""
        if name == "loop":
            self._reader.stop()
            self._signals.stop()
            self._context.redis_thread.submit(self._connections.housekeeping.release_all)
            self._context.redis_thread.submit(self._presence_store.withdraw, self._name)
            self._context.redis_thread.submit(self._store.withdraw, self._name)
            for pool in (self._context.redis_thread, self._context.helper_pool):
                pool.shutdown(wait=False)

    def _probe_redis(self) -> "Future[Any]":
        return self._context.redis_thread.submit(self._redis.ping)

    def _load_identities(self, sessions: Iterable[UUID]) -> Mapping[UUID, SocketIdentity]:
        with self._database.read() as session:
            return load_identities(session, sessions, now=utcnow())

    def _load_sites(self, complaints: Iterable[str]) -> FoundSites:
        with self._database.read() as session:
            found = load_sites(session, map(UUID, complaints))
        return {str(complaint): site for complaint, site in found.items()}
