"""The hub of one web process, as its request threads and gunicorn's hooks see it."""

import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from redis import Redis

from complaints.accounts.sessions import load_identities
from complaints.clock import utcnow
from complaints.db import Database
from complaints.feed import Head
from complaints.settings import Settings
from complaints.stream import EventStream
from web.hub.contracts import Identify, Known, Ticket
from web.hub.delivery import Delivery
from web.hub.descriptors import raise_descriptor_limit, sockets_that_fit
from web.hub.keeper import Arrival, Keeper, Restart
from web.hub.limits import Admission, OperatorCap
from web.hub.metrics import HubCollector
from web.hub.numbers import percentile
from web.hub.pages import Pages
from web.hub.pulse import Pace
from web.hub.reader import Reader
from web.hub.signals import Signals
from web.hub.stats import Board, collect

log = structlog.get_logger()

STALE_SECONDS = 10.0
SLOW_LAG_MS = 5_000
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
    ) -> None:
        stream = EventStream(redis)
        self._database = database
        self._redis = redis
        self._board = Board(redis)
        self._admission = Admission(
            sockets=sockets_that_fit(settings.sockets_per_process, raise_descriptor_limit()),
            unauthenticated_per_address=settings.sockets_unauthenticated_per_address,
        )
        self._reader = Reader(database, stream, self, probe=self._probe_redis)
        self._name = os.urandom(NAME_BYTES).hex()
        self._keeper = Keeper(
            self._name,
            pace=pace or Pace(),
            pages=Pages(database, stream),
            board=self._board,
            admission=self._admission,
            cap=OperatorCap(redis, settings.sockets_per_operator),
            identify=identify,
            load_identities=self._load_identities,
            follow=self._reader.follow,
            replay_limit=settings.replay_limit,
        )
        self._room = self._keeper.room
        self._arrivals: deque[Arrival] = deque()
        self._signals = Signals(
            redis,
            heard=lambda text: self._room.loop.call(partial(self._keeper.recheck.signalled, text)),
            subscribed=lambda: self._room.loop.call(self._keeper.recheck.all),
        )
        self._threads = {
            "loop": _thread("hub-loop", self._run_loop),
            "reader": _thread("hub-reader", self._reader.run),
            "signals": _thread("hub-signals", self._signals.run),
        }

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self._keeper.ready and not self._keeper.draining and self._threads["loop"].is_alive()

    def start(self) -> None:
        """Start the threads; in the process that serves, after any fork."""
        for thread in self._threads.values():
            thread.start()

    def admit(self, address: str, *, has_token: bool) -> Ticket:
        """Take a place for a socket; see `Admission.admit`. `adopt` it or `give_back` the ticket."""
        return self._admission.admit(address, has_token=has_token)

    def give_back(self, ticket: Ticket) -> None:
        """The socket did not come to be."""
        self._admission.give_back(ticket)

    def adopt(self, sock: socket.socket, ticket: Ticket, token: str | None) -> None:
        """Hand a socket over: it is the hub's from here on, and so is the ticket."""
        self._room.loop.call(partial(self._keeper.adopt, sock, ticket, token))

    def drain(self, within: float) -> None:
        """Close every socket with 4001 within so many seconds, then end. Safe in a signal handler."""
        self._room.loop.call(partial(self._keeper.drain, within))

    def join(self, timeout: float) -> bool:
        """Wait for the end of all threads; say whether it has come."""
        until = monotonic() + timeout
        for thread in self._threads.values():
            thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in self._threads.values())

    def restarted(self, head: Head, newest: list[Delivery], reason: str) -> None:
        """See `Listener`."""
        self._arrive([Restart(head, newest, reason)])

    def advanced(self, deliveries: list[Delivery]) -> None:
        """See `Listener`."""
        self._arrive(deliveries)

    def stats(self) -> dict[str, Any]:
        """Return the numbers of all web processes together; asks Redis."""
        return collect(self._board, self._keeper.rounds.report, self._name)

    def metrics(self) -> HubCollector:
        """Return what `prometheus_client` can register."""
        keeper = self._keeper
        return HubCollector(lambda: keeper.rounds.report, self._room.counters, keeper.lags, keeper.seen_lags)

    def health(self) -> dict[str, Any]:
        """Return how this process's hub is: `status` is ok, degraded (slower than it should be) or down."""
        report = self._keeper.rounds.report
        alive = {name: thread.is_alive() for name, thread in self._threads.items()}
        silent = monotonic() - self._reader.fresh_at
        lag = percentile(report.lags, 0.99)
        faults = [f"{name} has ended" for name, lives in alive.items() if not lives]
        if not self._reader.well:
            faults.append("the stream can't be read: the table is polled")
        if silent > STALE_SECONDS:
            faults.append("the database has not answered for a while")
        if lag is not None and lag > SLOW_LAG_MS:
            faults.append("events arrive late")
        down = not (self.accepting and alive["reader"])
        return {
            "status": "down" if down else "degraded" if faults else "ok",
            "detail": "; ".join(faults),
            "hub": "alive" if self.accepting else "not accepting",
            "stream": "readable" if self._reader.well else "unreadable",
            "connections": report.connections,
            "head": report.head,
            "lag_ms": {"p50": percentile(report.lags, 0.5), "p99": lag},
        }

    def _arrive(self, arrivals: Iterable[Arrival]) -> None:
        self._arrivals.extend(arrivals)
        self._room.loop.call(partial(self._keeper.take_arrivals, self._arrivals))

    def _run_loop(self) -> None:
        try:
            self._room.loop.run()
        except Exception:
            log.exception("hub_loop_died")
        finally:
            self._reader.stop()
            self._signals.stop()
            self._room.messenger.submit(self._board.withdraw, self._name)
            for pool in (self._room.messenger, self._room.helpers):
                pool.shutdown(wait=False)

    def _probe_redis(self) -> "Future[Any]":
        return self._room.messenger.submit(self._redis.ping)

    def _load_identities(self, sessions: Iterable[UUID]) -> Mapping[UUID, Known]:
        with self._database.read() as session:
            return load_identities(session, sessions, now=utcnow())


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=target, name=name, daemon=True)
