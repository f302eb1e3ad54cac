"""A client that reads slowly and subscribes anew while events come: a model of replay and of going live."""

import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from complaints.feed import Head, SequencedEvent
from web.hub import tail
from web.hub.audience import Audience
from web.hub.connection import State
from web.hub.delivery import Delivery
from web.hub.fanout import Fanout
from web.hub.numbers import Counters, Lags
from web.hub.pages import Page
from web.hub.protocol import Subscribe
from web.hub.replay import Replayer
from web.hub.tail import Tail

EPOCH = "model"
ROOM = 2
PAGE = 3


def delivery(seq: int) -> Delivery:
    envelope = b'{"seq":%d,"occurred_at":"2026-05-01T12:00:00Z"}' % seq
    return Delivery(SequencedEvent(seq, "c", None, None, envelope))


class Everybody:
    """May see all sites."""

    sites = None


class FakeConnection:
    """Has room for a few frames until its peer reads."""

    def __init__(self) -> None:
        self.identity = Everybody()
        self.narrowed_to = None
        self.state = State.IDLE
        self.cursor = 0
        self.replay: Any = None
        self.waiting: list[bytes] = []

    @property
    def queued(self) -> int:
        return 0 if len(self.waiting) < ROOM else 1 << 20

    def offer(self, frames: bytes) -> bool:
        if len(self.waiting) >= ROOM:
            return False
        self.waiting.append(frames)
        return True

    def say_frame(self, frames: bytes) -> None:
        self.waiting.append(frames)

    def say(self, message: dict[str, Any]) -> None:
        self.waiting.append(repr(message).encode())


class FakeLoop:
    """Keeps calls until the model runs them."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], object]] = []

    def call(self, function: Callable[[], object]) -> None:
        self.calls.append(function)

    def guard(self, _connection: Any, function: Callable[[], object]) -> None:
        function()


class FakeRoom:
    """The shared parts, with helpers that finish when the model says so."""

    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.counters = Counters()
        self.tail = Tail()
        self.epoch = EPOCH
        self.live = Audience()
        self.jobs: list[Callable[[], object]] = []

    def head_of(self, connection: Any) -> int:
        return self.tail.head if connection.state is State.LIVE else int(connection.cursor)

    def work(self, job: Callable[[], Any], done: Callable[[Any], object], _failed: object) -> None:
        self.jobs.append(lambda: done(job()))

    def work_for(self, _connection: Any, job: Callable[[], Any], done: Any, failed: object) -> None:
        self.work(job, done, failed)


class Replaying(RuleBasedStateMachine):
    """The table is ahead of the hub, the hub of the client. Each subscription hears all that follows it, once."""

    def __init__(self) -> None:
        super().__init__()
        self.top = 0
        self.expected = 1
        self.room = cast(Any, FakeRoom())
        self.client = cast(Any, FakeConnection())
        self.replayer = Replayer(
            self.room,
            read_head=lambda: Head(EPOCH, self.top),
            read_page=self.read_page,
            follow=lambda: None,
            limit=1000,
        )
        self.fanout = Fanout(self.room, Lags(0.0), self.replayer.fall_behind)

    def read_page(self, _epoch: str, after: int) -> Page:
        return Page([delivery(seq) for seq in range(after + 1, min(self.top, after + PAGE) + 1)])

    @rule(count=st.integers(1, 6))
    def commit(self, count: int) -> None:
        self.top += count

    @rule(count=st.integers(1, 4))
    def hear_of_events(self, count: int) -> None:
        head = self.room.tail.head
        chunk = [delivery(seq) for seq in range(head + 1, min(self.top, head + count) + 1)]
        if chunk:
            self.fanout.deliver(chunk)
            self.replayer.head_moved()

    @rule(count=st.integers(1, 4))
    def commit_and_hear(self, count: int) -> None:
        self.commit(count)
        self.hear_of_events(count)

    @rule(back=st.integers(0, 12))
    def subscribe(self, back: int) -> None:
        self.read_frames(len(self.client.waiting))
        after = max(0, self.top - back)
        self.expected = after + 1
        self.replayer.subscribe(self.client, Subscribe(after=after, epoch=EPOCH))

    @rule(count=st.integers(1, 5))
    def read(self, count: int) -> None:
        self.read_frames(count)
        self.replayer.advance(self.client)

    @rule()
    def finish_a_job(self) -> None:
        for waiting in (self.room.jobs, self.room.loop.calls):
            if waiting:
                waiting.pop(0)()

    def read_frames(self, count: int) -> None:
        for blob in self.client.waiting[:count]:
            assert b"resync" not in blob
            for seq in map(int, re.findall(rb'"seq":(\d+)', blob)):
                assert seq == self.expected
                self.expected += 1
        del self.client.waiting[:count]

    def teardown(self) -> None:
        """In the end everything has been heard, and the client is live."""
        subscribed = self.client.state is not State.IDLE
        for _ in range(self.top + 20):
            self.hear_of_events(4)
            self.finish_a_job()
            self.read(5)
        assert not subscribed or self.client.state is State.LIVE
        assert not subscribed or self.expected == self.top + 1


def test_whoever_subscribes_hears_everything_after_it_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail, "COUNT_MAXIMUM", 5)
    run_state_machine_as_test(
        Replaying, settings=settings(max_examples=100, stateful_step_count=40, deadline=None)
    )
