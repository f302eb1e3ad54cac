"""A virtual clock for the limiter on a real Valkey, and callers that ask it, wait, send, are answered, or die."""

import asyncio
import heapq
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from redis.asyncio import Redis

from complaints.setting_values import Rate
from complaints.telegram.limiter import Limiter, Pace, Target

TELEGRAM = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))
START = 1_800_000_000.0
ROUNDING_SECONDS = 2e-6
PRIVATE = Target(7)
GROUP = Target(-7, group=True)


@dataclass(frozen=True)
class Request:
    """What somebody wants to send, since when."""

    target: Target
    asked: float


@dataclass
class World:
    """Many callers on one virtual clock: each asks, waits as told, sends, is answered, stamps.

    `latency` is the longest way there, and back. A share `crashes` of the callers dies after the grant, half of
    them before and half of them after they sent; somebody else then sends the same again. The `impatient` ask
    again before they should.
    """

    redis: Redis
    random: Random
    latency: float = 0.0
    callers: int = 1
    crashes: float = 0.0
    impatient: bool = False
    departures: list[tuple[Request, float]] = field(default_factory=list)
    arrivals: list[tuple[Request, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._limiters = [Limiter(self.redis, TELEGRAM) for _ in range(self.callers)]
        self._agenda: list[tuple[float, int, Callable[[float], Awaitable[object]]]] = []
        self._planned = 0

    def want(self, moment: float, target: Target) -> None:
        """Somebody wants to send to the target from that moment on."""
        self._plan(moment, self._ask, Request(target, moment))

    def flush(self, moment: float) -> None:
        """Redis loses everything then."""
        self._plan(moment, lambda now: self.redis.flushdb())

    async def run(self, limit: int = 2500) -> None:
        """Let the world go on until nobody wants anything, or so many steps."""
        for _ in range(limit):
            if not self._agenda:
                return
            now, _, what = heapq.heappop(self._agenda)
            await what(now)

    def _plan(self, moment: float, what: Callable[..., Awaitable[object]], *about: object) -> None:
        self._planned += 1
        heapq.heappush(self._agenda, (moment, self._planned, lambda now: what(now, *about)))

    async def _ask(self, now: float, request: Request) -> None:
        limiter, target = self.random.choice(self._limiters), request.target
        grant = await limiter.ask(target, first=target.chat is None, now=now)
        if not grant.granted:
            assert grant.wait > 0
            share = self.random.choice((1, self.random.random())) if self.impatient else 1
            self._plan(now + max(0.01, grant.wait * share), self._ask, request)
            return
        fate = self.random.random()
        if fate >= self.crashes / 2:
            self._send(now + grant.wait, request, limiter, grant.ticket, dies=fate < self.crashes)
        if fate < self.crashes:
            self._plan(now + self.random.random(), self._ask, Request(target, now))

    def _send(self, departure: float, request: Request, limiter: Limiter, ticket: int, *, dies: bool) -> None:
        arrival = departure + self.random.uniform(0, self.latency)
        self.departures.append((request, departure))
        self.arrivals.append((request, arrival))
        if not dies:
            answered = arrival + self.random.uniform(0, self.latency)
            self._plan(answered, lambda now: limiter.stamp(request.target, ticket, now=now))


def by_target(moments: list[tuple[Request, float]]) -> dict[Target, list[float]]:
    """Return the moments of each target."""
    found: dict[Target, list[float]] = defaultdict(list)
    for request, moment in moments:
        found[request.target].append(moment)
    return found


def most_in_any(moments: list[float], seconds: float) -> int:
    """Return how many lie within one window of so many seconds, at most."""
    ordered = sorted(moments)
    first, most = 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds - ROUNDING_SECONDS:
            first += 1
        most = max(most, last - first + 1)
    return most


def closest(moments: list[float]) -> float:
    """Return the shortest time between two of them."""
    ordered = sorted(moments)
    return min((late - early for early, late in itertools.pairwise(ordered)), default=99.0)


def on_valkey(url: str, scenario: Callable[[Redis], Awaitable[None]]) -> None:
    """Play the scenario on an empty Valkey."""

    async def play() -> None:
        async with Redis.from_url(url) as redis:
            await redis.flushdb()
            await scenario(redis)

    asyncio.run(play())
