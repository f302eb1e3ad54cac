"""Moments in Redis that no rule can have written: its clock was ahead, and was set back."""

import asyncio

import pytest
from redis.asyncio import Redis

from complaints.telegram.circuit import CIRCUIT, PROBE, PROBE_MS, Circuit
from complaints.telegram.limiter import (
    LONGEST_HOLD_ALL_SECONDS,
    LONGEST_HOLD_SECONDS,
    MICROSECONDS,
    Limiter,
    Target,
)
from tests.integration.telegram.limiter_world import GROUP, START, TELEGRAM, on_valkey

AHEAD_SECONDS = 3600
NOW = START + 100
KEYS = ("all", "hold:all", "chat:-7", "hold:chat:-7", "group:-7", "born")


def micro(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


@pytest.mark.parametrize("key", KEYS)
def test_a_moment_an_hour_ahead_silences_nobody(limiter_url: str, key: str) -> None:
    async def scenario(redis: Redis) -> None:
        await redis.set("redress:limiter:born", micro(START))
        await redis.set(f"redress:limiter:{key}", micro(NOW + AHEAD_SECONDS))
        grant = await Limiter(redis, TELEGRAM).ask(GROUP, now=NOW)
        assert grant.granted or grant.wait < 2  # a Redis that was born in the future is new

    on_valkey(limiter_url, scenario)


def test_requests_of_an_hour_ahead_fill_no_window(limiter_url: str) -> None:
    async def scenario(redis: Redis) -> None:
        await redis.set("redress:limiter:born", micro(START))
        await redis.zadd("redress:limiter:recent", {str(n): micro(NOW + AHEAD_SECONDS) for n in range(30)})
        assert (await Limiter(redis, TELEGRAM).ask(Target(7), now=NOW)).granted

    on_valkey(limiter_url, scenario)


def test_no_chat_waits_longer_than_the_longest_hold(limiter_url: str) -> None:
    async def scenario(redis: Redis) -> None:
        limiter = Limiter(redis, TELEGRAM)
        await redis.set("redress:limiter:born", micro(START))
        await limiter.stamp(Target(7), 1, hold=10**12, now=NOW)
        held = await limiter.ask(Target(7), now=NOW + LONGEST_HOLD_SECONDS - 1)
        assert (held.granted, held.wait) == (False, pytest.approx(1))
        assert (await limiter.ask(Target(7), now=NOW + LONGEST_HOLD_SECONDS)).granted

    on_valkey(limiter_url, scenario)


@pytest.mark.parametrize(
    ("first", "second", "everybody"), [(2, 3600, 2), (3600, 2, 2), (3600, 3600, LONGEST_HOLD_ALL_SECONDS)]
)
def test_everybody_waits_no_longer_than_both_who_were_refused_were_told(
    limiter_url: str, first: float, second: float, everybody: float
) -> None:
    async def scenario(redis: Redis) -> None:
        limiter, other = Limiter(redis, TELEGRAM), Target(99)
        await redis.set("redress:limiter:born", micro(START))
        # When one chat is refused, and another right after it
        await limiter.stamp(Target(7), 1, hold=first, now=NOW)
        assert await limiter.stamp(Target(8), 2, hold=second, now=NOW)
        # Then
        assert (await limiter.ask(other, now=NOW)).wait == pytest.approx(everybody)
        assert (await limiter.ask(other, now=NOW + everybody)).granted
        # And each of the two waits as long as it was told
        for chat, hold in ((Target(7), first), (Target(8), second)):
            last = min(hold, LONGEST_HOLD_SECONDS) - 0.5
            assert not (await limiter.ask(chat, now=NOW + last)).granted

    on_valkey(limiter_url, scenario)


def test_a_refused_answer_to_a_press_holds_no_chat(limiter_url: str) -> None:
    async def scenario(redis: Redis) -> None:
        limiter = Limiter(redis, TELEGRAM)
        await redis.set("redress:limiter:born", micro(START))
        assert not await limiter.stamp(Target(), 1, hold=60, now=NOW)
        assert (await limiter.ask(Target(7), now=NOW)).granted
        assert (await limiter.ask(Target(), first=True, now=NOW + 1)).wait == pytest.approx(59)

    on_valkey(limiter_url, scenario)


@pytest.mark.parametrize("lifetime_ms", [None, PROBE_MS + 3_600_000])
def test_a_circuit_whose_moments_lie_too_far_ahead_is_probed_at_once(
    limiter_url: str, lifetime_ms: int | None
) -> None:
    async def play() -> None:
        async with Redis.from_url(limiter_url) as redis:
            await redis.flushdb()
            seconds, _ = await redis.time()
            far = (seconds + AHEAD_SECONDS) * 1000
            # Given an outage, and a probe, of before the clock was set back
            await redis.hset(CIRCUIT, mapping={"failures": 3, "since": far, "reason": "x", "retry_at": far})
            await redis.set(PROBE, 1, px=lifetime_ms)
            # When
            entry = await Circuit(redis).enter()
            # Then
            assert entry.probe
            assert not (await Circuit(redis).enter()).probe

    asyncio.run(play())
