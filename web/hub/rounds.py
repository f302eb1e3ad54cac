"""What a hub does every so often: report its numbers, look at its sessions again, keep its operators' places."""

import os
import socket
from collections import Counter
from collections.abc import Callable
from functools import partial

from redis import RedisError

from web.hub.codes import Close
from web.hub.connection import Connection
from web.hub.contracts import Known
from web.hub.limits import OperatorCap, Place
from web.hub.numbers import Lags
from web.hub.recheck import Recheck
from web.hub.room import Room
from web.hub.stats import Board, Report

REPORT_EVERY_SECONDS = 2.0
RENEW_EVERY_SECONDS = 30.0


class Rounds:
    """Goes round once a second in the loop's thread; what waits for Redis is left to the messenger."""

    def __init__(
        self,
        name: str,
        room: Room,
        *,
        board: Board,
        cap: OperatorCap,
        recheck: Recheck,
        recheck_every: float,
        lags: Lags,
        seen_lags: Lags,
    ) -> None:
        self._name = name
        self._room = room
        self._board = board
        self._cap = cap
        self._recheck = recheck
        self._recheck_every = recheck_every
        self._lags = lags
        self._seen_lags = seen_lags
        self._given_up: list[Place] = []
        self._telling: set[str] = set()
        self._due: dict[str, float] = {}
        self.report = self._make_report()

    def name_of(self, connection: Connection) -> str:
        """Return the connection's name, unique among all processes."""
        return f"{self._name}.{connection.number}"

    def give_up_place(self, connection: Connection, identity: Known) -> None:
        """The connection no longer counts among its operator's."""
        self._given_up.append((identity.operator_id, self.name_of(connection)))

    def go(self, now: float) -> None:
        """Do what is due."""
        for lags in (self._lags, self._seen_lags):
            lags.turn(now)
        self.report = self._make_report()
        if self._given_up and self._is_due("release", 0.0, now):
            given_up, self._given_up = self._given_up, []
            self._tell_redis("release", partial(self._cap.release, given_up))
        if self._is_due("report", REPORT_EVERY_SECONDS, now):
            self._tell_redis("report", partial(self._board.publish, self.report))
        if self._is_due("renew", RENEW_EVERY_SECONDS, now):
            self._tell_redis("renew", partial(self._cap.renew, self._places()))
        if self._is_due("recheck", self._recheck_every, now):
            self._recheck.all()

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if name in self._telling or now < self._due.get(name, 0.0):
            return False
        self._due[name] = now + every
        return True

    def _tell_redis(self, name: str, job: Callable[[], None]) -> None:
        """One of each kind at a time, so that nothing piles up behind a Redis that hangs."""
        self._telling.add(name)
        self._room.tell(partial(_tried, job), partial(self._told, name), partial(self._told, name, False))

    def _told(self, name: str, well: bool) -> None:
        self._telling.discard(name)
        self._room.counters.redis_failures += not well

    def _places(self) -> list[Place]:
        return [
            (connection.identity.operator_id, self.name_of(connection))
            for connection in self._room.loop.connections.values()
            if connection.is_open and connection.identity is not None
        ]

    def _make_report(self) -> Report:
        here = [one for one in self._room.loop.connections.values() if one.is_open]
        roles = Counter(one.identity.role for one in here if one.identity is not None)
        counters = self._room.counters
        return Report(
            name=self._name,
            pid=os.getpid(),
            host=socket.gethostname(),
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
            lags=self._lags.recent(),
            seen_lags=self._seen_lags.recent(),
        )


def _tried(job: Callable[[], None]) -> bool:
    try:
        job()
    except RedisError:
        return False
    return True
