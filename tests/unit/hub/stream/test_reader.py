"""The reader's steps: the stream while it goes on without a hole, else the table; never a hole of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
from redis import ConnectionError as RedisAway

from complaints.events.event_feed import Head, SequencedEvent
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.stream import reader as reader_module
from web.hub.stream.reader import StreamReader
from web.hub.stream.reader_state import ReaderState

ENVELOPE = b'{"seq":1,"occurred_at":"2026-05-01T12:00:00.000000Z","data":{"id":"c"}}'


def event(seq: int, envelope: bytes = ENVELOPE) -> SequencedEvent:
    return SequencedEvent(seq, "c", None, None, envelope)


class FakeWorld:
    """A table and a stream that hold what the test says; records what the reader tells."""

    def __init__(self) -> None:
        self.head = Head("e1", 10)
        self.table = [event(seq) for seq in range(1, 11)]
        self.entries: list[SequencedEvent] = []
        self.away = False
        self.told: list[Any] = []
        self.probe: Future[Any] = Future()

    @contextmanager
    def read(self) -> Iterator["FakeWorld"]:
        yield self

    def read_stream(self, epoch: str, after: int) -> list[SequencedEvent]:
        if self.away:
            raise RedisAway("away")
        return [one for one in self.entries if one.seq > after]

    def write(self, *seqs: int) -> None:
        self.table += [event(seq) for seq in seqs]
        self.head = Head(self.head.epoch, max(seqs))

    def restarted(self, head: Head, newest: list[EncodedEvent], reason: str) -> None:
        self.told.append((reason, head.epoch, head.top, [one.seq for one in newest]))

    def advanced(self, encoded_events: list[EncodedEvent]) -> None:
        self.told += [one.seq for one in encoded_events]


class FakeStream:
    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def read(self, epoch: str, after: int, *, count: int, block_ms: int) -> list[SequencedEvent]:
        return self._world.read_stream(epoch, after)

    def read_range(self, epoch: str, after: int, count: int) -> list[SequencedEvent]:
        return self._world.read_stream(epoch, after)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FakeWorld:
    monkeypatch.setattr(reader_module, "read_head", lambda session: session.head)
    monkeypatch.setattr(
        reader_module,
        "read_after",
        lambda session, seq, limit: [one for one in session.table if one.seq > seq][:limit],
    )
    monkeypatch.setattr(reader_module, "TAIL_EVENTS", 2)
    monkeypatch.setattr(reader_module, "PROBE_SECONDS", 0.0)
    return FakeWorld()


@pytest.fixture
def step(world: FakeWorld) -> Callable[[], int]:
    """A reader that has begun; call it for a step."""
    made = StreamReader(world, FakeStream(world), world, ReaderState(), probe=lambda: world.probe)  # type: ignore[arg-type]
    made.read_once()
    return made.read_once


def test_it_stands_at_the_top_with_the_newest_at_hand(world: FakeWorld, step: Callable[[], int]) -> None:
    assert world.told == [("start", "e1", 10, [9, 10])]


def test_it_takes_what_follows_from_the_stream(world: FakeWorld, step: Callable[[], int]) -> None:
    world.entries = [event(seq) for seq in (9, 10, 11, 12)]
    assert step() == 2
    assert world.told[1:] == [11, 12]


def test_a_hole_in_the_stream_is_filled_from_the_table(world: FakeWorld, step: Callable[[], int]) -> None:
    # Given
    world.write(11, 12, 13)
    world.entries = [event(11), event(13)]
    # When
    steps = [step(), step()]
    # Then
    assert steps == [1, 0]
    assert step() == 1
    assert world.told[1:] == [11, 12, 13]


def test_an_entry_that_is_not_ours_is_passed_by_way_of_the_table(
    world: FakeWorld, step: Callable[[], int]
) -> None:
    # Given
    world.write(11)
    world.entries = [event(11, b"nonsense")]
    # When
    assert [step(), step()] == [0, 1]
    # Then
    assert world.told[1:] == [11]


def test_without_redis_the_table_is_polled_until_a_probe_succeeds(
    world: FakeWorld, step: Callable[[], int]
) -> None:
    # Given
    world.away = True
    assert step() == 0
    # When
    world.write(11)
    assert step() == 1
    world.probe.set_result(True)
    world.away = False
    world.entries = [event(11), event(12)]
    step()
    # Then
    assert world.told[1:] == [11, 12]


def test_what_retention_deleted_is_passed_and_everybody_told(
    world: FakeWorld, step: Callable[[], int]
) -> None:
    # Given: 11 is gone before it was read
    world.write(12)
    world.entries = [event(12)]
    # When
    step()
    step()
    # Then
    assert world.told[1:] == [("retention", "e1", 12, [])]


def test_a_new_epoch_is_followed(world: FakeWorld, step: Callable[[], int]) -> None:
    # Given
    world.head = Head("e2", 4)
    # When
    world.entries = [event(13)]
    step()
    step()
    # Then
    assert world.told[1:] == [("epoch", "e2", 4, [])]
