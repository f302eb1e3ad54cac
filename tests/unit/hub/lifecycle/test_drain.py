"""Going down: who is closed when, by a clock that the test moves."""

from types import SimpleNamespace
from typing import Any

import pytest

from web.hub.lifecycle import drain
from web.hub.lifecycle.drain import CLOSED_PER_SECOND, STEP_SECONDS, Drain

WITHIN = 25.0


class FakeConnection:
    is_open = True

    def __init__(self, world: "FakeWorld", number: int) -> None:
        self._world = world
        self._number = number

    def close(self, code: int) -> None:
        self._world.closed.append((self._world.now, self._number, int(code)))
        if not self._world.lingers:
            del self._world.connections[self._number]


class FakeWorld:
    """A loop whose time passes as its timers say; records who was closed when, and when it was done."""

    def __init__(self, count: int, *, lingers: bool = False) -> None:
        self.now = 1000.0
        self.lingers = lingers
        self.closed: list[tuple[float, int, int]] = []
        self.done_at: float | None = None
        self.connections: dict[int, Any] = {number: FakeConnection(self, number) for number in range(count)}
        self.timers: list[Any] = []

    def later(self, seconds: float, function: Any) -> None:
        assert seconds == STEP_SECONDS
        self.timers.append(function)

    def guard(self, _connection: Any, function: Any) -> None:
        function()

    def done(self) -> None:
        self.done_at = self.now

    def drain(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(drain, "monotonic", lambda: self.now)
        context: Any = SimpleNamespace(loop=self)
        Drain(context, WITHIN, anybody=lambda: self.connections, done=self.done).step()
        while self.timers:
            self.now += STEP_SECONDS
            self.timers.pop()()
        self.closed = [(when - 1000.0, number, code) for when, number, code in self.closed]


def test_everybody_is_closed_with_4001_in_random_order_and_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    world = FakeWorld(4000)
    # When
    world.drain(monkeypatch)
    # Then
    assert {code for _, _, code in world.closed} == {4001}
    order = [number for _, number, _ in world.closed]
    assert sorted(order) == list(range(4000))
    assert order != sorted(order)
    for second in range(9):
        assert sum(second <= when < second + 1 for when, _, _ in world.closed) <= CLOSED_PER_SECOND * 1.1
    assert world.done_at is not None


def test_however_many_there_are_all_are_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = FakeWorld(50_000)
    # When
    world.drain(monkeypatch)
    # Then
    assert len(world.closed) == 50_000
    assert max(when for when, _, _ in world.closed) < WITHIN - 3


def test_peers_that_do_not_go_keep_nobody_longer_than_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = FakeWorld(10, lingers=True)
    # When
    world.drain(monkeypatch)
    # Then
    assert world.done_at is not None
    assert WITHIN - 2 < world.done_at - 1000 < WITHIN
