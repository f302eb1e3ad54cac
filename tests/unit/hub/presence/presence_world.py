"""A room without sockets, processes or threads: seconds pass when the test says so."""

import heapq
import itertools
import json
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from redis import RedisError

from web.hub.core.measurements import HubCounters
from web.hub.presence.presence import Presence
from web.hub.presence.presence_state import NOBODY, PresenceState
from web.hub.presence.site_lookup import FoundSites
from web.hub.socket.connection import ConnectionState
from web.hub.socket.frames import end_of_frame, payload_of

NAMES = UUID(int=1)


class FakeLoop:
    """Runs calls and timers as far as the clock has been moved."""

    def __init__(self) -> None:
        self.connections: dict[int, Any] = {}
        self.turns = 0
        self._now = 0.0
        self._calls: deque[Callable[[], object]] = deque()
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()

    def call(self, function: Callable[[], object]) -> None:
        self._calls.append(function)

    def later(self, seconds: float, function: Callable[[], object]) -> None:
        heapq.heappush(self._timers, (self._now + seconds, next(self._numbers), function))

    def guard(self, connection: Any, function: Callable[[], object]) -> None:
        function()

    def run(self, now: float) -> None:
        while self._calls or (self._timers and self._timers[0][0] <= now):
            self.turns += 1
            if not self._calls:
                self._now = self._timers[0][0]
                self._calls.append(heapq.heappop(self._timers)[2])
            for _ in range(len(self._calls)):
                self._calls.popleft()()
        self._now = now


class FakeConnection:
    """Records what it is sent; `busy` has a backlog."""

    def __init__(self, name: str, sites: list[str] | None, *, is_program: bool = False) -> None:
        identity = {"holder_id": uuid5(NAMES, name), "name": name, "sites": sites and frozenset(sites)}
        self.identity = SimpleNamespace(**identity, is_program=is_program)
        self.state = ConnectionState.LIVE
        self.view: Any = None
        self.backlog: Any = None
        self.heard: list[dict[str, Any]] = []

    @property
    def is_open(self) -> bool:
        return self.state < ConnectionState.CLOSING

    @property
    def operator(self) -> dict[str, str]:
        return {"id": str(self.identity.holder_id), "name": self.identity.name}

    def offer(self, frames: bytes) -> bool:
        while frames:
            end = end_of_frame(frames, 1)
            self.heard.append(json.loads(payload_of(frames[:end])))
            frames = frames[end:]
        return True

    def send_message(self, message: dict[str, Any]) -> None:
        self.heard.append(message)

    def take(self) -> list[dict[str, Any]]:
        heard, self.heard = self.heard, []
        return heard


class FakePresenceStore:
    """What the other processes have told, how often that was asked for, and what was told to them."""

    def __init__(self) -> None:
        self.of_others = NOBODY
        self.told: list[PresenceState] = []
        self.asked = 0
        self.away = False

    def publish(self, name: str, presence_state: PresenceState) -> None:
        self._ask()
        self.told.append(presence_state)

    def others(self, name: str) -> PresenceState:
        self._ask()
        return self.of_others

    def _ask(self) -> None:
        self.asked += 1
        if self.away:
            raise RedisError("away")


class World:
    """One hub's presence, its connections, and jobs that are done at once unless they are to hang."""

    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.counters = HubCounters()
        self.subscribers: set[Any] = set()
        self.store = FakePresenceStore()
        self.sites: dict[str, str | None] = {"north": "North", "south": "South", "nowhere": None}
        self.asked: list[set[str]] = []
        self.redis_hangs = self.database_hangs = self.database_away = False
        self.hanging: list[Callable[[], None]] = []
        self.now = 1000.0
        self.presence = Presence("here", self, self.store, self._load_sites)  # type: ignore[arg-type]

    def connect(self, name: str = "Ada", sites: list[str] | None = None, *, is_program: bool = False) -> Any:
        """Return a connection that has subscribed and is live."""
        connection = FakeConnection(name, sites, is_program=is_program)
        self.loop.connections[len(self.loop.connections)] = connection
        self.subscribers.add(connection)
        self.presence.subscribed(connection)  # type: ignore[arg-type]
        return connection

    def disconnect(self, connection: Any) -> None:
        connection.state = ConnectionState.CLOSING
        self.subscribers.discard(connection)
        self.presence.left(connection)

    def view(self, connection: Any, complaint: str | None) -> None:
        """Say so, and wait for as long as the database may be asked about."""
        self.presence.view(connection, complaint)
        self.now += 0.3
        self.loop.run(self.now)

    def pass_seconds(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.now += 1
            self.presence.tick(self.now)
            self.loop.run(self.now)

    def run_in_redis_thread(
        self, job: Callable[[], Any], done: Callable[[Any], Any], failed: Callable[[], Any]
    ) -> None:
        self._do(job, done, hangs=self.redis_hangs)

    def run_in_helper(
        self, job: Callable[[], Any], done: Callable[[Any], Any], failed: Callable[[], Any]
    ) -> None:
        if self.database_away:
            self.loop.call(failed)
        else:
            self._do(job, done, hangs=self.database_hangs)

    def let_go(self) -> None:
        """What hung is done."""
        self.redis_hangs = self.database_hangs = False
        hanging, self.hanging = self.hanging, []
        for job in hanging:
            job()
        self.loop.run(self.now)

    def _do(self, job: Callable[[], Any], done: Callable[[Any], Any], *, hangs: bool) -> None:
        if hangs:
            self.hanging.append(lambda: done(job()))
        else:
            result = job()
            self.loop.call(lambda: done(result))

    def _load_sites(self, complaints: Any) -> FoundSites:
        self.asked.append(set(complaints))
        return {one: self.sites[one] for one in complaints if one in self.sites}


def views(complaint: str, *connections: Any) -> dict[str, Any]:
    return {"type": "presence", "complaint": complaint, "operators": [one.operator for one in connections]}


def news(connection: Any) -> list[dict[str, Any]]:
    """What it was told since the last time, save who is online."""
    return [message for message in connection.take() if "online" not in message]
