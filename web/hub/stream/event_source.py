"""The stream as the hub reads it, and what may go wrong in that."""

from typing import Protocol

from redis import RedisError

from complaints.events.event_feed import SequencedEvent

STREAM_FAULTS = (RedisError, LookupError, ValueError)
"""What reading the stream may raise: Redis is away, or an entry is not one of ours."""


class EventSource(Protocol):
    """`complaints.events.event_stream.EventStream`, as far as the hub reads it. Raises `STREAM_FAULTS`."""

    def read(self, epoch: str, after: int, *, count: int, block_ms: int) -> list[SequencedEvent]:
        """Wait for entries above `after`."""

    def read_range(self, epoch: str, after: int, count: int) -> list[SequencedEvent]:
        """Return entries above `after`, without waiting."""
