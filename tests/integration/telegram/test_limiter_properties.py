"""What the limiter promises whatever comes: any pattern of arrivals, several callers, crashes, a flushed Redis."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.telegram.limiter import Target
from sandbox.world.rate_windows import RateWindow, RateWindows
from tests.integration.telegram.limiter_world import (
    ROUNDING_SECONDS,
    START,
    TELEGRAM,
    World,
    by_target,
    closest,
    most_in_any,
    on_valkey,
)

HOT = Target(99)
ENOUGH_STEPS = 9000  # until nobody wants anything any more
targets = st.one_of(
    st.integers(1, 6).map(Target), st.integers(-3, -1).map(lambda i: Target(i, group=True)), st.just(Target())
)
bursts = st.lists(
    st.tuples(st.floats(0, 30) | st.just(0.0), targets, st.integers(1, 24)), min_size=2, max_size=8
)
flushes = st.lists(st.floats(1, 15), max_size=3)
latencies = st.sampled_from([0.0, 0.05, 0.4])
crashes = st.sampled_from([0.0, 0.1, 0.5])


def world_of(redis, seed, arrivals, flushes=(), **nature):
    world = World(redis, Random(seed), **nature)
    for moment, target, count in arrivals:
        for _ in range(count):
            world.want(START + moment, target)
    for moment in flushes:
        world.flush(START + moment)
    return world


@settings(max_examples=20)
@given(
    arrivals=bursts,
    flushes=flushes,
    callers=st.integers(1, 4),
    crashes=crashes,
    latency=latencies,
    seed=st.integers(0, 9),
)
def test_no_window_is_exceeded_on_the_limiters_clock(
    limiter_url, arrivals, flushes, callers, crashes, latency, seed
):
    async def scenario(redis):
        # Given callers that come in any pattern, die after a grant, and a Redis that forgets
        nature = {"callers": callers, "crashes": crashes, "latency": latency, "impatient": True}
        world = world_of(redis, seed, arrivals, flushes, **nature)
        # When all of them send as soon as they may
        await world.run()
        # Then what they send keeps within every window
        assert most_in_any([moment for _, moment in world.departures], 1) <= 30
        for target, moments in by_target(world.departures).items():
            if target.chat is not None:
                assert closest(moments) >= 1 - ROUNDING_SECONDS
            if target.group:
                assert most_in_any(moments, 60) <= 20

    on_valkey(limiter_url, scenario)


@settings(max_examples=20)
@given(
    arrivals=bursts,
    trouble=st.one_of(
        st.builds(lambda moments, way: {"flushes": moments, "latency": way}, flushes, latencies),
        st.builds(lambda share, way: {"crashes": share, "latency": way}, crashes, latencies | st.just(1.5)),
    ),
    callers=st.integers(1, 4),
    seed=st.integers(0, 9),
)
def test_who_counts_at_arrival_refuses_nothing_whatever_the_jitter_on_the_way(
    limiter_url, arrivals, trouble, callers, seed
):
    async def scenario(redis):
        # Given
        world = world_of(redis, seed, arrivals, callers=callers, impatient=True, **trouble)
        # When
        await world.run()
        # Then the sandbox's own count of each message, in order of arrival, finds room in every window
        seconds = {"all": RateWindow(30, 1), "chat": RateWindow(1, 1), "group": RateWindow(20, 60)}
        limits = RateWindows(
            **{k: RateWindow(rate.count, rate.seconds - ROUNDING_SECONDS) for k, rate in seconds.items()}
        )
        for request, moment in sorted(world.arrivals, key=lambda arrival: arrival[1]):
            if request.target.chat is not None:
                assert limits.charge(request.target.chat, moment) is None

    on_valkey(limiter_url, scenario)


@settings(max_examples=15)
@given(
    cold=st.lists(st.floats(0, 10), min_size=1, max_size=30),
    hot=st.lists(st.floats(0, 10), min_size=20, max_size=40),
    callers=st.integers(1, 4),
)
def test_a_hot_chat_never_delays_another_one(limiter_url, cold, hot, callers):
    async def scenario(redis):
        # Given one chat with much more to send than it may, and others with one message each
        arrivals = [(moment, HOT, 1) for moment in hot]
        arrivals += [(moment, Target(place), 1) for place, moment in enumerate(cold, 100)]
        world = world_of(redis, 0, arrivals, callers=callers)
        await world.run(ENOUGH_STEPS)
        # Then a message of the others waits only for messages that really go, or went within everybody's second
        everybody = [moment for _, moment in world.departures]
        born = min(START + moment for moment in (*cold, *hot)) + TELEGRAM.born_hold
        for request, moment in world.departures:
            if request.target != HOT:
                asked = max(request.asked, born)
                between = sum(asked - 1 - TELEGRAM.all_interval <= other <= moment for other in everybody)
                assert moment - asked <= between * TELEGRAM.all_interval + ROUNDING_SECONDS
        assert len(by_target(world.departures)) >= len(cold)

    on_valkey(limiter_url, scenario)


@pytest.mark.parametrize(("latency", "seconds"), [(0.0, 59 / 28 + 0.5), (0.2, 60 / 20), (0.4, 60 / 14)])
def test_everybody_together_is_served_at_the_pace(limiter_url, latency, seconds):
    async def scenario(redis):
        world = world_of(redis, 3, [(0, Target(chat), 1) for chat in range(1, 61)], latency=latency)
        await world.run(ENOUGH_STEPS)
        moments = [moment for _, moment in world.departures]
        assert len(moments) == 60
        assert most_in_any([moment for _, moment in world.arrivals], 1) <= 30
        assert 59 / 28 - 0.01 <= max(moments) - min(moments) <= seconds

    on_valkey(limiter_url, scenario)
