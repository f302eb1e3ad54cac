"""While nobody consumes, wake-ups do not pile up on a broker that evicts nothing."""

import json
import threading
from collections.abc import Iterator

import pytest
from celery import Celery
from redis import Redis

import celeryconfig
from complaints.events.wakeups import DELIVER, SEQUENCE, SWEEP, WAITING_MAXIMUM, enqueue_with, has_room
from complaints.upkeep.process_registry import living_kinds
from complaints.upkeep.worker_heartbeat import BEAT, missing_workers
from tools.environment import free_port
from tools.stack import eventually
from workers.bounded_scheduler import BoundedScheduler

PRODUCERS = 8
HOURS = 2


@pytest.fixture
def celery(valkey_url: str) -> Iterator[Celery]:
    app = Celery("nobody-consumes", config_source="celeryconfig", set_as_current=False)
    app.conf.broker_url = valkey_url
    app.conf.redress_redis_url = valkey_url
    yield app
    app.close()


def lengths(redis: Redis) -> dict[str, int]:
    """How long each list of the broker is."""
    return {key.decode(): redis.llen(key) for key in redis.scan_iter() if redis.type(key) == b"list"}


def test_pokes_without_end_leave_a_few_messages_in_each_queue(celery: Celery, redis: Redis) -> None:
    # Given
    enqueue = enqueue_with(celery)

    def poke() -> None:
        for _ in range(100):
            for task in (SEQUENCE, DELIVER, SWEEP):
                enqueue(task, "request-1")

    producers = [threading.Thread(target=poke) for _ in range(PRODUCERS)]
    # When several processes poke at once
    for producer in producers:
        producer.start()
    for producer in producers:
        producer.join()
    # Then each may have put one more than it saw room for
    assert set(lengths(redis)) == {"events", "alerts"}
    for length in lengths(redis).values():
        assert WAITING_MAXIMUM <= length < WAITING_MAXIMUM + PRODUCERS


def test_one_that_is_taken_makes_room_for_another(celery: Celery, redis: Redis) -> None:
    enqueue = enqueue_with(celery)
    for number in range(WAITING_MAXIMUM + 5):
        enqueue(DELIVER, str(number))
    assert redis.llen("alerts") == WAITING_MAXIMUM
    redis.rpop("alerts")
    enqueue(DELIVER, "later")
    newest = json.loads(redis.lindex("alerts", 0))
    assert newest["headers"]["request_id"] == "later"


def test_hours_of_beat_leave_a_few_messages_and_little_memory(celery: Celery, redis: Redis) -> None:
    # Given
    scheduler = BoundedScheduler(celery, lazy=False)
    entries = [entry for entry in scheduler.schedule.values() if entry.task != celeryconfig.CLEAN_UP]
    before = redis.info("memory")["used_memory"]
    # When it sends what it sends in two hours at a tick a second
    for _ in range(HOURS * 3600 // 10):
        for entry in entries:
            scheduler.apply_entry(entry, producer=scheduler.producer)
    # Then
    assert lengths(redis) == dict.fromkeys(("events", "alerts", "outbound"), WAITING_MAXIMUM)
    assert redis.info("memory")["used_memory"] - before < 1_000_000
    assert BEAT not in missing_workers(redis)
    scheduler.close()


def test_beat_goes_on_after_its_connection_was_lost(celery: Celery, redis: Redis) -> None:
    # Given
    scheduler = BoundedScheduler(celery, lazy=False)
    entry = next(one for one in scheduler.schedule.values() if one.task == DELIVER)
    scheduler.apply_entry(entry, producer=scheduler.producer)
    # When kombu has given the connection up
    scheduler.connection.collect()
    scheduler.apply_entry(entry, producer=scheduler.producer)
    # Then the next is sent
    scheduler.apply_entry(entry, producer=scheduler.producer)
    assert redis.llen("alerts") == 2
    scheduler.close()


def test_beat_that_is_to_end_waits_no_longer_for_a_broker_that_is_away(celery: Celery) -> None:
    # Given
    celery.conf.broker_url = f"redis://127.0.0.1:{free_port()}/0"
    scheduler = BoundedScheduler(celery, lazy=False)
    entry = next(one for one in scheduler.schedule.values() if one.task == DELIVER)
    # When
    scheduler.end_soon()
    # Then it does not try for ever
    with pytest.raises(SystemExit):
        scheduler.apply_async(entry)
    scheduler.close()


def test_who_ends_well_is_not_missed(celery: Celery, redis: Redis) -> None:
    scheduler = BoundedScheduler(celery, lazy=False)
    eventually(lambda: living_kinds(redis) == {BEAT}, what="its sign of life")
    scheduler.close()
    assert living_kinds(redis) == set()


def test_an_entry_that_finds_no_room_is_due_again_at_its_time(celery: Celery, redis: Redis) -> None:
    scheduler = BoundedScheduler(celery, lazy=False)
    redis.lpush("alerts", *["{}"] * WAITING_MAXIMUM)
    entry = next(one for one in scheduler.schedule.values() if one.task == DELIVER)
    assert scheduler.apply_async(entry) is None
    assert scheduler.schedule[entry.name].last_run_at >= entry.last_run_at
    with celery.producer_or_acquire() as producer:
        assert has_room(celery, producer.channel, SEQUENCE)
        assert not has_room(celery, producer.channel, DELIVER)
    scheduler.close()
