"""Numbering and publishing, on both engines and a real Valkey."""

import threading

from redis import Redis
from sqlalchemy import select

from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_feed import read_after, read_head
from complaints.events.event_stream import EventStream, publish_once, stream_key
from complaints.events.event_types import ANONYMOUS
from complaints.events.sequencer import lock_meta, number_once, start_epoch
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Event, StreamMeta
from complaints.verbs import submit


def submit_many(database: Database, count: int) -> None:
    for place in range(count):
        with database.write() as session:
            submit(session, NewComplaint(description=f"no {place}"), actor=ANONYMOUS, now=utcnow())


def published(stream: EventStream, database: Database) -> list[int]:
    with database.read() as session:
        epoch = read_head(session).epoch
    return [event.seq for event in stream.read_range(epoch, 0, 10_000)]


def test_events_are_numbered_in_the_order_of_their_commits_without_a_gap(database: Database) -> None:
    # Given
    submit_many(database, 7)
    # When
    steps = [number_once(database, batch=3) for _ in range(4)]
    # Then
    assert steps == [3, 3, 1, 0]
    with database.read() as session:
        assert list(session.scalars(select(Event.seq).order_by(Event.n))) == [1, 2, 3, 4, 5, 6, 7]
        assert read_head(session).top == 7


def test_racing_sequencers_and_publishers_lose_and_double_nothing(database: Database, redis: Redis) -> None:
    # Given
    total, done = 60, threading.Event()
    stream = EventStream(redis)

    def work() -> None:
        while not done.is_set():
            number_once(database, batch=7)
            publish_once(database, stream, batch=5)

    racers = [threading.Thread(target=work) for _ in range(4)]
    for racer in racers:
        racer.start()
    # When
    submit_many(database, total)
    done.set()
    for racer in racers:
        racer.join()
    while number_once(database) or publish_once(database, stream):
        pass
    # Then
    assert published(stream, database) == list(range(1, total + 1))


def test_an_empty_redis_is_filled_from_the_table_by_the_same_path(database: Database, redis: Redis) -> None:
    # Given
    stream = EventStream(redis, maxlen=4)
    submit_many(database, 6)
    number_once(database)
    publish_once(database, stream)
    # When
    redis.flushall()
    appended = publish_once(database, stream)
    # Then
    assert appended == 4
    assert published(stream, database) == [3, 4, 5, 6]


def test_a_number_that_retention_deleted_is_gone_past_and_not_waited_for(
    database: Database, redis: Redis
) -> None:
    # Given
    stream = EventStream(redis)
    submit_many(database, 5)
    number_once(database)
    with database.write() as session:
        session.delete(session.scalars(select(Event).where(Event.seq == 3)).one())
    # When
    publish_once(database, stream)
    # Then
    assert published(stream, database) == [1, 2, 4, 5]


def test_a_publisher_that_read_too_little_never_opens_a_hole(database: Database, redis: Redis) -> None:
    # Given
    stream = EventStream(redis)
    submit_many(database, 5)
    number_once(database)
    with database.read() as session:
        epoch, late = read_head(session).epoch, read_after(session, 3, 10)
    # When
    appended = stream.append(epoch, 3, late)
    # Then
    assert appended == 2, "an empty stream is taken to end where the caller says"
    assert stream.append(epoch, 0, []) == 0
    redis.delete(stream_key(epoch))
    publish_once(database, stream, batch=2)
    assert stream.append(epoch, 3, late) == 0
    assert published(stream, database) == [1, 2]


def test_a_stream_ahead_of_the_table_starts_a_new_epoch(database: Database, redis: Redis) -> None:
    # Given
    stream = EventStream(redis)
    submit_many(database, 5)
    number_once(database)
    publish_once(database, stream)
    with database.write() as session:
        before = session.get_one(StreamMeta, 1).epoch
        session.get_one(StreamMeta, 1).top = 2
    # When
    publish_once(database, stream)
    # Then
    with database.read() as session:
        assert read_head(session).epoch != before


def test_restoring_sets_a_new_epoch(database: Database) -> None:
    # Given
    with database.read() as session:
        before = read_head(session).epoch
    # When
    after = start_epoch(database)
    # Then
    with database.read() as session:
        assert read_head(session).epoch == after != before


def test_a_sequencer_that_finds_the_lock_taken_gives_way_and_loses_nothing(database: Database) -> None:
    # Given
    submit_many(database, 1)
    found: list[int] = []
    with database.write() as session:
        lock_meta(session)
        other = threading.Thread(target=lambda: found.append(number_once(database)))
        # When
        other.start()
        other.join(0.2 if database.is_sqlite else 5)
    other.join()
    # Then
    assert sum(found) + number_once(database) == 1
