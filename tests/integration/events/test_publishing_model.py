"""Publishers that read at one time and append at another, while Redis forgets and retention deletes: a model."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis import Redis

from complaints.events.event_feed import SequencedEvent
from complaints.events.event_stream import EventStream, stream_key

MAXLEN = 6
BATCH = 4
EPOCH = "model"
PUBLISHERS = st.integers(0, 1)


class Publishing(RuleBasedStateMachine):
    """The table is a set of seqs with a top; publishers hold what they read until they append it."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self.redis = redis
        self.redis.flushdb()
        self.stream = EventStream(redis, maxlen=MAXLEN)
        self.top = 0
        self.table: set[int] = set()
        self.deleted: set[int] = set()
        self.read: dict[int, tuple[int, list[SequencedEvent]]] = {}

    @rule(count=st.integers(1, 5))
    def number(self, count: int) -> None:
        new = set(range(self.top + 1, self.top + count + 1))
        self.table |= new
        self.top += count

    @rule(count=st.integers(1, 3))
    def delete_the_oldest(self, count: int) -> None:
        gone = set(sorted(self.table)[:count])
        self.table -= gone
        self.deleted |= gone

    @rule(publisher=PUBLISHERS)
    def look(self, publisher: int) -> None:
        last = self.stream.last(EPOCH)
        after = max(0, self.top - MAXLEN) if last is None else last
        rows = sorted(seq for seq in self.table if seq > after)[:BATCH]
        self.read[publisher] = after, [SequencedEvent(seq, "c", None, None, b"{}") for seq in rows]

    @rule(publisher=PUBLISHERS)
    def append(self, publisher: int) -> None:
        if publisher in self.read:
            self.stream.append(EPOCH, *self.read.pop(publisher))

    @rule()
    def publish(self) -> None:
        self.look(2)
        self.append(2)

    @rule()
    def flush(self) -> None:
        self.redis.flushdb()

    @rule(lost=st.integers(1, 3))
    def fail_over_to_a_replica_that_lags(self, lost: int) -> None:
        entries: Any = self.redis.xrange(stream_key(EPOCH))
        self.redis.delete(stream_key(EPOCH))
        for entry, fields in entries[:-lost]:
            self.redis.xadd(stream_key(EPOCH), fields, id=entry)

    @invariant()
    def is_without_a_hole(self) -> None:
        seqs = [event.seq for event in self.stream.read_range(EPOCH, 0, 100)]
        assert seqs == sorted(set(seqs))
        if seqs:
            missing = set(range(seqs[0], seqs[-1])) - set(seqs)
            assert missing <= self.deleted, f"{missing} lost from {seqs}"

    def teardown(self) -> None:
        """Whatever happened, one publisher alone brings the stream to the top."""
        for _ in range(self.top + 1):
            self.publish()
        if self.table and max(self.table) == self.top:
            assert self.stream.last(EPOCH) == self.top
        self.is_without_a_hole()


def test_no_interleaving_opens_a_hole_in_the_stream(redis: Redis) -> None:
    run_state_machine_as_test(
        lambda: Publishing(redis),  # type: ignore[arg-type]  # any maker of a machine will do
        settings=settings(max_examples=100, stateful_step_count=40),
    )
