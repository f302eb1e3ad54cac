"""The limiter against a real Valkey, on a virtual clock."""

import asyncio
import heapq
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from complaints.limiter import Limiter, Pace, Target
from complaints.settings import Rate

TELEGRAM = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))
START = 1_800_000_000.0
PRIVATE = Target(7)
GROUP = Target(-7, group=True)


@dataclass
class World:
    """Many callers on one virtual clock: each asks, waits as told, sends, is answered, stamps."""

    limiter: Limiter
    random: Random
    latency: float
    now: float = START
    departures: list[float] = field(default_factory=list)
    arrivals: dict[Target, list[float]] = field(default_factory=lambda: defaultdict(list))
    agenda: list[tuple[float, int, str, Target, int]] = field(default_factory=list)
    steps: int = 0

    def plan(self, moment: float, what: str, target: Target, ticket: int = 0) -> None:
        self.steps += 1
        heapq.heappush(self.agenda, (moment, self.steps, what, target, ticket))

    async def run(self, redis: Redis, limit: int) -> None:
        for _ in range(limit):
            if not self.agenda:
                return
            self.now, _, what, target, ticket = heapq.heappop(self.agenda)
            if what == "ask":
                await self.ask(target)
            elif what == "flush":
                await redis.flushdb()
            else:
                await self.limiter.stamp(target, ticket, now=self.now)

    async def ask(self, target: Target) -> None:
        grant = await self.limiter.ask(target, first=target.chat is None, now=self.now)
        if not grant.granted:
            assert grant.wait > 0
            self.plan(self.now + grant.wait, "ask", target)
            return
        departure = self.now + grant.wait
        arrival = departure + self.random.uniform(0, self.latency)
        self.departures.append(departure)
        self.arrivals[target].append(arrival)
        self.plan(arrival + self.random.uniform(0, self.latency), "stamp", target, grant.ticket)


def most_in_any(moments: list[float], seconds: float) -> int:
    ordered = sorted(moments)
    first, most = 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds - 1e-6:
            first += 1
        most = max(most, last - first + 1)
    return most


def closest(moments: list[float]) -> float:
    ordered = sorted(moments)
    return min((late - early for early, late in itertools.pairwise(ordered)), default=99.0)


def on_valkey(url: str, scenario) -> None:  # type: ignore[no-untyped-def]
    async def play() -> None:
        async with Redis.from_url(url) as redis:
            await redis.flushdb()
            await scenario(redis, Limiter(redis, TELEGRAM))

    asyncio.run(play())


targets = st.one_of(
    st.integers(1, 6).map(Target), st.integers(-3, -1).map(lambda i: Target(i, group=True)), st.just(Target())
)
bursts = st.lists(st.tuples(st.floats(0, 30), targets, st.integers(1, 24)), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None)
@given(
    arrivals=bursts,
    latency=st.sampled_from([0.0, 0.05, 0.4]),
    flush_at=st.none() | st.floats(0, 40),
    seed=st.integers(0, 9),
)
def test_no_window_is_exceeded_whatever_comes_and_even_if_redis_is_flushed(
    limiter_url, arrivals, latency, flush_at, seed
):
    async def scenario(redis, limiter):
        # Given callers that come in any pattern, and perhaps a flush among them
        world = World(limiter, Random(seed), latency)
        for moment, target, count in arrivals:
            for _ in range(count):
                world.plan(START + moment, "ask", target)
        if flush_at is not None:
            world.plan(START + flush_at, "flush", PRIVATE)
        # When all of them send as soon as they may
        await world.run(redis, limit=2500)
        # Then no window of Telegram's is exceeded
        everywhere = [moment for moments in world.arrivals.values() for moment in moments]
        assert most_in_any(everywhere, 1) <= 30
        for target, moments in world.arrivals.items():
            if target.chat is not None:
                assert closest(moments) >= 1 - 1e-6
            if target.group:
                assert most_in_any(moments, 60) <= 20

    on_valkey(limiter_url, scenario)


def test_everybody_together_is_served_at_28_a_second(limiter_url):
    async def scenario(redis, limiter):
        world = World(limiter, Random(1), 0.0)
        for chat in range(1, 61):
            world.plan(START, "ask", Target(chat))
        await world.run(redis, limit=9000)
        spread = max(world.departures) - min(world.departures)
        assert len(world.departures) == 60
        assert 59 / 28 - 0.01 <= spread <= 59 / 28 + 0.5

    on_valkey(limiter_url, scenario)


def test_a_round_trip_that_varies_puts_no_more_than_30_into_any_second(limiter_url):
    async def scenario(redis, limiter):
        world = World(limiter, Random(3), 0.2)
        for chat in range(1, 61):
            world.plan(START, "ask", Target(chat))
        await world.run(redis, limit=9000)
        moments = [moment for arrivals in world.arrivals.values() for moment in arrivals]
        assert len(moments) == 60
        assert most_in_any(moments, 1) <= 30
        assert max(moments) - min(moments) < 60 / 20

    on_valkey(limiter_url, scenario)


async def warmed(limiter: Limiter) -> float:
    """Return an instant at which the limiter has forgotten its birth."""
    await limiter.ask(Target(), now=START)
    return START + 100


def test_a_fresh_redis_holds_everybody_for_a_second(limiter_url):
    async def scenario(redis, limiter):
        first = await limiter.ask(PRIVATE, now=START)
        later = await limiter.ask(PRIVATE, now=START + 1)
        assert (first.granted, first.wait, first.shared) == (False, 1.0, True)
        assert later.granted

    on_valkey(limiter_url, scenario)


def test_a_fresh_redis_gives_groups_no_burst_for_a_minute(limiter_url):
    async def scenario(redis, limiter):
        await limiter.ask(GROUP, now=START)
        granted = []
        for second in range(0, 80, 2):
            grant = await limiter.ask(GROUP, now=START + second)
            if grant.granted:
                granted.append(second)
                await limiter.stamp(GROUP, grant.ticket, now=START + second)
        careful = [second for second in granted if second < 60]
        assert closest([float(second) for second in careful]) >= 3.34
        assert closest([float(second) for second in granted if second >= 60]) == 2

    on_valkey(limiter_url, scenario)


def test_a_chat_is_busy_until_its_answer_and_one_second_more(limiter_url):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        grant = await limiter.ask(PRIVATE, now=now)
        in_flight = await limiter.ask(PRIVATE, now=now + 2)
        await limiter.stamp(PRIVATE, grant.ticket, now=now + 3)
        too_soon = await limiter.ask(PRIVATE, now=now + 3.5)
        at_last = await limiter.ask(PRIVATE, now=now + 4)
        assert (in_flight.granted, in_flight.wait) == (False, 1.0)
        assert (too_soon.granted, too_soon.wait, too_soon.shared) == (False, 0.5, False)
        assert at_last.granted

    on_valkey(limiter_url, scenario)


def test_a_busy_chat_does_not_freeze_the_others(limiter_url):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        await limiter.ask(PRIVATE, now=now)
        for _ in range(50):
            assert not (await limiter.ask(PRIVATE, now=now + 0.5)).granted
        other = await limiter.ask(Target(8), now=now + 0.5)
        assert (other.granted, other.wait) == (True, 0.0)

    on_valkey(limiter_url, scenario)


def test_a_callback_answer_goes_before_messages_that_wait(limiter_url):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        for chat in range(1, 10):
            await limiter.ask(Target(chat), now=now)
        message = await limiter.ask(Target(99), now=now)
        answer = await limiter.ask(Target(), first=True, now=now)
        assert not message.granted
        assert answer.granted
        assert answer.wait < 0.1

    on_valkey(limiter_url, scenario)


def test_a_hold_keeps_one_chat_silent_and_leaves_the_others(limiter_url):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        everybody = await limiter.stamp(PRIVATE, 1, hold=5, now=now)
        held = await limiter.ask(PRIVATE, now=now + 2)
        other = await limiter.ask(Target(8), now=now + 2)
        after = await limiter.ask(PRIVATE, now=now + 5)
        assert not everybody
        assert (held.granted, held.wait, held.shared) == (False, 3.0, False)
        assert other.granted
        assert after.granted

    on_valkey(limiter_url, scenario)


@pytest.mark.parametrize("second_refusal", [Target(8), Target()])
def test_a_second_chat_refused_at_once_means_everybody(limiter_url, second_refusal):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        await limiter.stamp(PRIVATE, 1, hold=5, now=now)
        everybody = await limiter.stamp(second_refusal, 2, hold=5, now=now)
        held = await limiter.ask(Target(99), now=now + 1)
        assert everybody
        assert (held.granted, held.shared) == (False, True)

    on_valkey(limiter_url, scenario)


def test_a_shorter_hold_never_ends_a_longer_one(limiter_url):
    async def scenario(redis, limiter):
        now = await warmed(limiter)
        await limiter.stamp(PRIVATE, 1, hold=30, now=now)
        await limiter.stamp(PRIVATE, 1, hold=1, now=now)
        assert (await limiter.ask(PRIVATE, now=now + 2)).wait == pytest.approx(28)

    on_valkey(limiter_url, scenario)


def test_without_a_virtual_clock_redis_own_clock_serves(limiter_url):
    async def scenario(redis, limiter):
        first = await limiter.ask(PRIVATE)
        await redis.set("redress:limiter:born", 1)
        assert not first.granted
        assert first.wait == pytest.approx(1, abs=0.01)
        assert (await limiter.ask(PRIVATE)).granted
        assert not (await limiter.ask(PRIVATE)).granted

    on_valkey(limiter_url, scenario)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ((Rate(30, 1), Rate(1, 1), Rate(20, 60)), (1 / 28, 1.0, 3.34, 3)),
        ((Rate(60, 1), Rate(2, 1), Rate(2, 60)), (1 / 56, 0.5, 60.12, 2)),
    ],
)
def test_the_pace_stays_just_below_what_telegram_permits(rates, expected):
    pace = Pace.within(*rates)
    assert (pace.all_interval, pace.chat_interval, pace.group_interval) == pytest.approx(expected[:3])
    assert pace.group_burst == expected[3]
