"""The limiter's rules one by one, against a real Valkey on a virtual clock."""

from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from complaints.setting_values import Rate
from complaints.telegram.limiter import Limiter, Pace, Target
from tests.integration.telegram import limiter_world
from tests.integration.telegram.limiter_world import (
    GROUP,
    PRIVATE,
    ROUNDING_SECONDS,
    START,
    TELEGRAM,
    closest,
)

Scenario = Callable[[Redis, Limiter], Awaitable[None]]


def on_valkey(url: str, scenario: Scenario) -> None:
    limiter_world.on_valkey(url, lambda redis: scenario(redis, Limiter(redis, TELEGRAM)))


async def warmed(limiter: Limiter) -> float:
    """Return an instant at which the limiter has forgotten its birth."""
    await limiter.ask(Target(), now=START)
    return START + 100


def test_a_fresh_redis_holds_everybody_for_a_second_and_a_slot(limiter_url):
    async def scenario(redis, limiter):
        first = await limiter.ask(PRIVATE, now=START)
        later = await limiter.ask(PRIVATE, now=START + TELEGRAM.born_hold)
        assert (first.granted, first.shared) == (False, True)
        assert first.wait == pytest.approx(1 + 1 / 28)
        assert later.granted

    on_valkey(limiter_url, scenario)


def test_a_slot_that_was_reserved_before_redis_forgot_it_is_kept_clear_of(limiter_url):
    async def scenario(redis, limiter):
        # Given a sender that waits for its slot and dies with the answer
        now = await warmed(limiter)
        await limiter.ask(Target(8), now=now)
        reserved = await limiter.ask(PRIVATE, now=now)
        # When Redis is flushed meanwhile, and somebody asks for the same chat
        await redis.flushdb()
        held = await limiter.ask(PRIVATE, now=now)
        again = await limiter.ask(PRIVATE, now=now + held.wait)
        # Then a second lies between the two
        assert reserved.wait > 0
        assert again.granted
        assert held.wait + again.wait - reserved.wait >= 1 - ROUNDING_SECONDS

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
        assert first.wait == pytest.approx(TELEGRAM.born_hold, abs=0.01)
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
