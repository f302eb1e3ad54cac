"""Reading what is further back than the tail: from the stream, or from the table that it caches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from complaints.db import Database
from complaints.events.event_feed import Head, SequencedEvent, read_after, read_head
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.stream.event_source import STREAM_FAULTS, EventSource

PAGE_EVENTS = 250
ASK_REDIS_AGAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """What follows a cursor, without a hole. `foreign`: the epoch is over; `broken`: retention has deleted some."""

    encoded_events: list[EncodedEvent] = field(default_factory=list)
    foreign: bool = False
    broken: bool = False


def unbroken(events: Sequence[SequencedEvent], after: int) -> list[SequencedEvent]:
    """Return those that follow `after` one by one, up to the first hole."""
    run: list[SequencedEvent] = []
    for event in events:
        if event.seq != after + 1 + len(run):
            break
        run.append(event)
    return run


class History:
    """Reads in a helper's thread; safe to share among them."""

    def __init__(self, database: Database, stream: EventSource) -> None:
        self._database = database
        self._stream = stream
        self._ask_redis_again = 0.0

    def head(self) -> Head:
        """Return epoch and top as committed. Raises the database's errors."""
        with self._database.read() as session:
            return read_head(session)

    def read(self, epoch: str, after: int) -> ReplayPage:
        """Return the next page above `after`, which was once a head of this epoch. Raises the database's errors."""
        encoded_events = self._from_stream(epoch, after)
        if encoded_events:
            return ReplayPage(encoded_events)
        with self._database.read() as session:
            head = read_head(session)
            rows = read_after(session, after, PAGE_EVENTS)
        run = unbroken(rows, after)
        return ReplayPage([EncodedEvent(event) for event in run], foreign=head.epoch != epoch, broken=not run)

    def _from_stream(self, epoch: str, after: int) -> list[EncodedEvent]:
        if monotonic() < self._ask_redis_again:
            return []
        try:
            events = self._stream.read_range(epoch, after, PAGE_EVENTS)
            return [EncodedEvent(event) for event in unbroken(events, after)]
        except STREAM_FAULTS:
            self._ask_redis_again = monotonic() + ASK_REDIS_AGAIN_SECONDS
            return []
