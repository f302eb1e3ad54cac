"""Places that sockets gave up are given back, also where Redis was away when it was told."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from redis import RedisError

from web.hub.entry.operator_cap import OperatorPlace
from web.hub.entry.operator_places import OperatorPlaces
from web.hub.lifecycle.housekeeping import Housekeeping
from web.hub.loop.redis_jobs import RedisJobs

ADA = UUID(int=1)


class FakeContext:
    """Does what is told at once."""

    def __init__(self) -> None:
        self.loop = SimpleNamespace(connections={}, call=lambda function: function())
        self.counters = SimpleNamespace(redis_failures=0)

    def run_in_redis_thread(self, job: Any, done: Any, failed: Any) -> None:
        done(job())


class FakeCap:
    """Holds the places that were given back, unless it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.released: list[OperatorPlace] = []

    def release(self, places: Sequence[OperatorPlace]) -> None:
        if self.is_away:
            raise RedisError("away")
        self.released += places

    def renew(self, places: Sequence[OperatorPlace]) -> None:
        assert not places


@pytest.fixture
def cap() -> FakeCap:
    return FakeCap()


@pytest.fixture
def jobs() -> RedisJobs:
    return RedisJobs(cast(Any, FakeContext()))


@pytest.fixture
def places(cap: FakeCap, jobs: RedisJobs) -> OperatorPlaces:
    return OperatorPlaces("hub", cast(Any, FakeContext()), cast(Any, cap), jobs)


@pytest.fixture
def housekeeping(places: OperatorPlaces, jobs: RedisJobs) -> Housekeeping:
    idle = SimpleNamespace(all=lambda: None, make=lambda: None, publish=lambda report: None, ticked_at=0.0)
    parts = {"report_store": idle, "recheck": idle, "health": idle, "reporter": idle, "places": places}
    return Housekeeping(jobs, recheck_every_seconds=15.0, windows=(), **cast(Any, parts))


def give_up(places: OperatorPlaces, number: int) -> None:
    known = SimpleNamespace(holder_id=ADA)
    places.give_up(cast(Any, SimpleNamespace(number=number)), cast(Any, known))


def test_a_place_is_given_back_at_once(places: OperatorPlaces, cap: FakeCap) -> None:
    # When
    give_up(places, 1)
    give_up(places, 2)
    # Then
    assert cap.released == [(ADA, "hub.1"), (ADA, "hub.2")]


def test_what_redis_did_not_take_back_is_given_back_at_the_next_second(
    housekeeping: Housekeeping, places: OperatorPlaces, cap: FakeCap
) -> None:
    # Given
    cap.is_away = True
    give_up(places, 1)
    housekeeping.tick(1.0)
    assert not cap.released
    # When
    cap.is_away = False
    housekeeping.tick(2.0)
    housekeeping.tick(3.0)
    # Then
    assert cap.released == [(ADA, "hub.1")]


def test_what_is_left_at_the_end_is_given_back_then(
    housekeeping: Housekeeping, places: OperatorPlaces, cap: FakeCap
) -> None:
    # Given
    cap.is_away = True
    give_up(places, 1)
    housekeeping.tick(1.0)
    cap.is_away = False
    give_up(places, 2)
    # When
    places.release_all()
    # Then
    assert sorted(cap.released) == [(ADA, "hub.1"), (ADA, "hub.2")]
