"""Places that sockets gave up are given back, also where Redis was away when it was told."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from redis import RedisError

from web.hub.entry.admission import Place
from web.hub.life.housekeeping import Rounds

ADA = UUID(int=1)


class FakeRoom:
    """Does what is told at once."""

    def __init__(self) -> None:
        self.loop = SimpleNamespace(connections={}, call=lambda function: function())
        self.counters = SimpleNamespace(redis_failures=0)

    def tell(self, job: Any, done: Any, failed: Any) -> None:
        done(job())


class FakeCap:
    """Holds the places that were given back, unless it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.released: list[Place] = []

    def release(self, places: Sequence[Place]) -> None:
        if self.is_away:
            raise RedisError("away")
        self.released += places

    def renew(self, places: Sequence[Place]) -> None:
        assert not places


@pytest.fixture
def cap() -> FakeCap:
    return FakeCap()


@pytest.fixture
def rounds(cap: FakeCap) -> Rounds:
    idle = SimpleNamespace(all=lambda: None, make=lambda: None, publish=lambda report: None, round_at=0.0)
    parts = {"board": idle, "recheck": idle, "vitals": idle, "reporter": idle, "cap": cap}
    return Rounds("hub", cast(Any, FakeRoom()), recheck_every=15.0, windows=(), **cast(Any, parts))


def give_up(rounds: Rounds, number: int) -> None:
    known = SimpleNamespace(operator_id=ADA)
    rounds.give_up_place(cast(Any, SimpleNamespace(number=number)), cast(Any, known))


def test_a_place_is_given_back_at_once(rounds: Rounds, cap: FakeCap) -> None:
    # When
    give_up(rounds, 1)
    give_up(rounds, 2)
    # Then
    assert cap.released == [(ADA, "hub.1"), (ADA, "hub.2")]


def test_what_redis_did_not_take_back_is_given_back_at_the_next_round(rounds: Rounds, cap: FakeCap) -> None:
    # Given
    cap.is_away = True
    give_up(rounds, 1)
    rounds.go(1.0)
    assert not cap.released
    # When
    cap.is_away = False
    rounds.go(2.0)
    rounds.go(3.0)
    # Then
    assert cap.released == [(ADA, "hub.1")]


def test_what_is_left_at_the_end_is_given_back_then(rounds: Rounds, cap: FakeCap) -> None:
    # Given
    cap.is_away = True
    give_up(rounds, 1)
    rounds.go(1.0)
    cap.is_away = False
    give_up(rounds, 2)
    # When
    rounds.release_all()
    # Then
    assert sorted(cap.released) == [(ADA, "hub.1"), (ADA, "hub.2")]
