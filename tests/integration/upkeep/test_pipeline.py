"""The whole path after a commit, as the events worker takes it, on both engines."""

from redis import Redis
from sqlalchemy import delete, select, update

from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_feed import read_head
from complaints.events.event_stream import EventStream
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Event, StreamMeta
from complaints.redis_client import connect
from complaints.upkeep.pipeline import run_until_done
from complaints.verbs import submit
from tools.environment import free_port


def submit_many(database: Database, count: int) -> None:
    with database.write() as session:
        for place in range(count):
            submit(session, NewComplaint(description=f"no {place}"), actor=ANONYMOUS, now=utcnow())


def run(database: Database, redis: Redis) -> int:
    """Take the path; return how often alerts were poked."""
    pokes: list[None] = []
    run_until_done(database, EventStream(redis), lambda: pokes.append(None))
    return len(pokes)


def forget_after(database: Database, seq: int) -> None:
    """Make the table what an older copy of it would be."""
    with database.write() as session:
        session.execute(delete(Event).where(Event.seq > seq))
        session.execute(update(StreamMeta).values(top=seq, routed_seq=seq))


def test_what_was_committed_is_numbered_published_and_routed(database: Database, redis: Redis) -> None:
    # Given
    submit_many(database, 3)
    # When
    pokes = run(database, redis)
    # Then
    with database.read() as session:
        head = read_head(session)
        assert session.scalars(select(StreamMeta.routed_seq)).one() == head.top == 3
    assert EventStream(redis).last(head.epoch) == 3
    assert pokes == 1


def test_an_older_table_that_grew_past_the_stream_still_gets_a_new_epoch(
    database: Database, redis: Redis
) -> None:
    # Given
    submit_many(database, 5)
    run(database, redis)
    with database.read() as session:
        before = read_head(session)
    forget_after(database, 2)
    submit_many(database, 4)
    # When
    run(database, redis)
    # Then: nobody takes 6 for what follows the 5 of a history that was lost
    with database.read() as session:
        after = read_head(session)
    assert after.epoch != before.epoch
    stream = EventStream(redis)
    assert stream.last(before.epoch) == 5
    assert [event.seq for event in stream.read_range(after.epoch, 0, 10)] == [1, 2, 3, 4, 5, 6]


def test_numbering_and_routing_go_on_without_redis(database: Database, redis: Redis) -> None:
    # Given
    submit_many(database, 3)
    # When
    run(database, connect(f"redis://127.0.0.1:{free_port()}/0"))
    # Then
    with database.read() as session:
        head = read_head(session)
        assert session.scalars(select(StreamMeta.routed_seq)).one() == head.top == 3
    # When
    run(database, redis)
    # Then
    assert EventStream(redis).last(head.epoch) == 3
