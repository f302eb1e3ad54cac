"""What lies outside a web process: the table of events with its sequencer, and the stream in Redis."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

import pytest
from redis import ConnectionError as RedisAway
from sqlalchemy.exc import OperationalError

from complaints.events import event_stream as stream_module
from complaints.events.event_feed import Head, SequencedEvent
from web.hub.stream import history, reader

MAXLEN = 8
Event = tuple[str, str | None, str | None, int]
"""A complaint, its site before and after, and its version, which no other event has."""


def sequenced(seq: int, event: Event) -> SequencedEvent:
    complaint, before, after, version = event
    envelope = {
        "seq": seq,
        "name": "status_update",
        "occurred_at": "2026-05-01T12:00:00.000000Z",
        "data": {"id": complaint, "reference": "RD-1", "version": version, "site": after},
    }
    return SequencedEvent(seq, complaint, before, after, json.dumps(envelope).encode())


class FakeTable:
    """The truth: `written` waits for its number, `truth` is every epoch's order, also of what retention deleted."""

    def __init__(self) -> None:
        self.epoch = "e0"
        self.top = 0
        self.written: list[Event] = []
        self.truth: dict[str, dict[int, Event]] = {self.epoch: {}}
        self.deleted_to = 0
        self.away = False

    @contextmanager
    def read(self) -> Iterator["FakeTable"]:
        if self.away:
            raise OperationalError("SELECT", None, Exception("away"))
        yield copy(self)

    def number(self, count: int) -> None:
        for event in self.written[:count]:
            self.top += 1
            self.truth[self.epoch][self.top] = event
        del self.written[:count]

    def rows_above(self, seq: int, limit: int) -> list[SequencedEvent]:
        first = max(seq, self.deleted_to) + 1
        seqs = range(first, min(self.top, first + limit - 1) + 1)
        return [sequenced(seq, self.truth[self.epoch][seq]) for seq in seqs]

    def restore(self, top: int) -> None:
        """Go back to an older copy; what had no number then is lost, or is not yet."""
        self.written = []
        self.top = top

    def start_epoch(self) -> None:
        history = self.truth[self.epoch]
        self.epoch = f"e{len(self.truth)}"
        self.truth[self.epoch] = {seq: event for seq, event in history.items() if seq <= self.top}


class FakeStream:
    """Redis, as `EventStream` has it: `entries` by epoch, ascending, of which a spoiled one can't be decoded."""

    def __init__(self) -> None:
        self.redis_entries: dict[str, list[SequencedEvent]] = {}
        self.maxlen = MAXLEN
        self.away = False

    def entries(self, epoch: str) -> list[SequencedEvent]:
        if self.away:
            raise RedisAway("away")
        return self.redis_entries.setdefault(epoch, [])

    def last(self, epoch: str) -> int | None:
        entries = self.entries(epoch)
        return entries[-1].seq if entries else None

    def append(self, epoch: str, after: int, events: list[SequencedEvent]) -> int:
        """What `publish.lua` does."""
        entries = self.entries(epoch)
        last, appended = entries[-1].seq if entries else after, 0
        for event in events:
            if after > last:
                break
            if event.seq > last:
                entries.append(event)
                last, appended = event.seq, appended + 1
            after = event.seq
        del entries[: -self.maxlen]
        return appended

    def read(self, epoch: str, after: int, *, count: int, block_ms: int) -> list[SequencedEvent]:
        return self.read_range(epoch, after, count)

    def read_range(self, epoch: str, after: int, count: int) -> list[SequencedEvent]:
        return [event for event in self.entries(epoch) if event.seq > after][:count]

    def fall_back(self, kept: int) -> None:
        """Know only the oldest entries any more."""
        for entries in self.redis_entries.values():
            del entries[kept:]

    def damage(self, epoch: str, place: int, *, spoil: bool) -> None:
        """Lose the entry at this place from the end, or let it say nonsense."""
        entries = self.redis_entries.get(epoch, [])
        if len(entries) < place:
            return
        if spoil:
            entries[-place] = replace(entries[-place], envelope=b"nonsense")
        else:
            del entries[-place]


def publish(table: FakeTable, stream: FakeStream) -> None:
    """Take the real sequencer's step; a Redis that is away costs nothing but the step."""
    if not stream.away:
        stream_module.publish_once(table, stream, batch=4)  # type: ignore[arg-type]


def _new_epoch(table: FakeTable, epoch: str, published: int) -> bool:
    table.start_epoch()
    return True


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Put the fake table behind whatever reads the real one."""
    for module in (history, reader, stream_module):
        patch.setattr(module, "read_head", lambda session: Head(session.epoch, session.top))
        patch.setattr(module, "read_after", lambda session, seq, limit: session.rows_above(seq, limit))
    patch.setattr(stream_module, "start_epoch_if_behind", _new_epoch)
