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
from web.hub.core.credentials import Identify, Known, Shown, Ticket
from web.hub.core.threads import Crew
from web.hub.entry.admission import Admission, OperatorCap
from web.hub.entry.descriptors import raise_descriptor_limit, sockets_that_fit
from web.hub.life.connections import Arrival, Keeper, Restart
from web.hub.loop.heartbeat import Pace
from web.hub.presence.presence_store import PRESENCE_CHANNEL, PresenceBoard
from web.hub.presence.site_lookup import FoundSites
from web.hub.socket.encoded_event import Delivery
from web.hub.stream.history import Pages
from web.hub.stream.reader import Reader
from web.hub.stream.signal_listener import Signals
from web.hub.telemetry.hub_health import count_by_status
from web.hub.telemetry.metrics import HubCollector
from web.hub.telemetry.process_reports import Figures
from web.hub.telemetry.report_store import Board, lag_ms, summary

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
        pace: Pace | None = None,
        group: str | None = None,
        lost: Callable[[], object] | None = None,
    ) -> None:
        """`group` is shared by the workers of one gunicorn; `lost` is called when a thread has died."""
        stream = EventStream(redis)
        self._database = database
        self._redis = redis
        self._board, self._presence_board = Board(redis), PresenceBoard(redis)
        self._admission = Admission(
            sockets=sockets_that_fit(settings.sockets_per_process, raise_descriptor_limit()),
            unauthenticated_per_address=settings.sockets_unauthenticated_per_address,
        )
        self._reader = Reader(database, stream, self, probe=self._probe_redis)
        self._name = os.urandom(NAME_BYTES).hex()
        self._group = group or self._name
        self._crew = Crew(
            is_ending=lambda: self._keeper.draining, ended=self._thread_ended, lost=lost or (lambda: None)
        )
        self._keeper = Keeper(
            self._name,
            self._group,
            pace=pace or Pace(),
            pages=Pages(database, stream),
            board=self._board,
            admission=self._admission,
            cap=OperatorCap(redis, settings.sockets_per_operator),
            identify=identify,
            load_identities=self._load_identities,
            presence_board=self._presence_board,
            load_sites=self._load_sites,
            reader=self._reader,
            lost=lambda: self._crew.lost,
            replay_limit=settings.replay_limit,
        )
        self._room = self._keeper.room
        self._arrivals: deque[Arrival] = deque()
        call = self._room.loop.call
        self._signals = Signals(
            redis,
            heard={
                REVOKED_CHANNEL: lambda text: call(partial(self._keeper.recheck.signalled, text)),
                PRESENCE_CHANNEL: lambda text: call(partial(self._keeper.presence.heard, text)),
                ALERTS_CHANNEL: lambda text: call(
                    partial(self._keeper.presence.alerts_changed, decode_changes(text))
                ),
            },
            subscribed=lambda: call(self._keeper.look_again),
        )
        self._figures = Figures(self._name, self._room, self._board, self._keeper.reporter)

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self._keeper.ready and not self._keeper.draining and self._crew.lost is None

    def start(self) -> None:
        """Start the threads; in the process that serves, after any fork."""
        self._crew.start(
            {"loop": self._room.loop.run, "reader": self._reader.run, "signals": self._signals.run}
        )

    def admit(self, address: str, *, vouched: bool = False) -> Ticket:
        """Take a place for a socket; see `Admission.admit`. `adopt` it or `give_back` the ticket."""
        return self._admission.admit(address, vouched=vouched)

    def give_back(self, ticket: Ticket) -> None:
        """The socket did not come to be."""
        self._admission.give_back(ticket)

    def adopt(self, sock: socket.socket, ticket: Ticket, shown: Shown | None) -> None:
        """Hand a socket over: it is the hub's from here on, and so is the ticket."""
        self._room.loop.call(partial(self._keeper.adopt, sock, ticket, shown))

    def drain(self, within: float) -> None:
        """Close every socket with 4001 within so many seconds, then end. Safe in a signal handler."""
        self._room.loop.call(partial(self._keeper.drain, within))

    def join(self, timeout: float) -> bool:
        """Wait for the end of all threads; say whether it has come."""
        return self._crew.join(timeout)

    def restarted(self, head: Head, newest: list[Delivery], reason: str) -> None:
        """See `Listener`."""
        self._arrive([Restart(head, newest, reason)])

    def advanced(self, deliveries: list[Delivery]) -> None:
        """See `Listener`."""
        self._arrive(deliveries)

    def stats(self) -> dict[str, Any]:
        """Return the numbers of all web processes; `complete` is false where Redis doesn't tell of the others."""
        others = self._figures.others()
        return summary([self._figures.own(), *(others or ())]) | {"complete": others is not None}

    def metrics(self) -> HubCollector:
        """Return what `prometheus_client` can register."""
        return HubCollector(self._figures, self._group)

    def health(self) -> dict[str, Any]:
        """Return how this process's hub is, and how many of all processes are how; asks Redis, but not for long."""
        own, verdict = self._keeper.reporter.last, self._keeper.vitals.look()
        others = self._figures.others(NEIGHBOURS_WITHIN_SECONDS)
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
        self._room.loop.call(partial(self._keeper.take_arrivals, self._arrivals))

    def _thread_ended(self, name: str) -> None:
        """Without a loop nobody is served: the others may rest."""
        if name == "loop":
            self._reader.stop()
            self._signals.stop()
            self._room.messenger.submit(self._keeper.rounds.release_all)
            self._room.messenger.submit(self._presence_board.withdraw, self._name)
            self._room.messenger.submit(self._board.withdraw, self._name)
            for pool in (self._room.messenger, self._room.helpers):
                pool.shutdown(wait=False)

    def _probe_redis(self) -> "Future[Any]":
        return self._room.messenger.submit(self._redis.ping)

    def _load_identities(self, sessions: Iterable[UUID]) -> Mapping[UUID, Known]:
        with self._database.read() as session:
            return load_identities(session, sessions, now=utcnow())

    def _load_sites(self, complaints: Iterable[str]) -> FoundSites:
        with self._database.read() as session:
            found = load_sites(session, map(UUID, complaints))
        return {str(complaint): site for complaint, site in found.items()}
