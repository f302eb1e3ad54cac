"""Each silence has a name in `/readyz` and a number in the metrics: who waits, who is held until when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from redis import Redis
from sqlalchemy import update
from structlog.testing import capture_logs

from complaints.clock import to_wire, utcnow
from complaints.events.sequencer import number_once
from complaints.models import Chat, Event, TelegramUpdate
from complaints.telegram.bot_contact import UNHEARD, tell_heard, tell_unheard
from complaints.upkeep.chat_holds import HOLDS
from complaints.upkeep.process_registry import PROCESSES, SignOfLife
from complaints.upkeep.worker_heartbeat import WORKERS, report_alive
from tests.integration.api.people import World
from tests.integration.office import Office

LONG_AGO = timedelta(minutes=5)
MAIL = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "redress@example.org"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"telegram_bot_token": "1:secret", **MAIL}


@pytest.fixture
def well(world: World, redis: Redis) -> World:
    """A deployment whose workers work."""
    for kind in WORKERS:
        report_alive(redis, kind)
    assert look(world) == {"status": "ok", "checks": {check: {"status": "ok"} for check in CHECKS}}
    return world


@pytest.fixture
def office(world: World, redis: Redis) -> Office:
    return Office(world.database, redis)


CHECKS = ("database", "redis", "broker", "workers", "telegram", "mail")


def look(world: World, status: int = 200) -> dict[str, Any]:
    response = world.anonymous.get("/readyz")
    assert response.status_code == status
    body: dict[str, Any] = response.get_json()
    return body


def said(world: World, check: str) -> str:
    """What readiness says of a check that is the only one not well."""
    body = look(world)
    assert body["status"] == "degraded"
    assert [name for name, found in body["checks"].items() if found["status"] != "ok"] == [check]
    return str(body["checks"][check]["detail"])


def measured(world: World, name: str) -> float:
    lines = world.anonymous.get("/metrics").get_data(as_text=True).splitlines()
    [value] = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")]
    return float(value)


def age(world: World) -> None:
    with world.database.write() as session:
        session.execute(update(Event).values(occurred_at=utcnow() - LONG_AGO))


def test_an_event_that_nobody_numbers_and_then_that_nobody_routes(well: World, office: Office) -> None:
    # Given
    well.complaint()
    assert look(well)["status"] == "ok", "one that has just come waits for nobody"
    age(well)
    # When, then
    assert "event without a number waits since" in said(well, "workers")
    assert look(well)["silences"][0]["kind"] == "event_not_numbered"
    assert measured(well, 'redress_oldest_waiting_seconds{kind="event_not_numbered"}') >= 300
    well.number()
    assert "event that is not routed" in said(well, "workers")
    assert measured(well, 'redress_oldest_waiting_seconds{kind="event_not_numbered"}') == 0
    office.sequence()
    assert look(well)["status"] == "ok"
    # When its alerts could not be made, then
    with well.database.write() as session:
        session.execute(update(Event).values(routing_error="refused"))
    assert "event whose alerts could not be made" in said(well, "workers")


def test_an_event_that_comes_from_the_future_waits_too(well: World) -> None:
    well.complaint()
    with well.database.write() as session:
        session.execute(update(Event).values(occurred_at=utcnow() + LONG_AGO))
    assert "event without a number waits since" in said(well, "workers")


@POSTGRESQL
def test_a_session_that_hangs_and_holds_the_order(well: World, database_url: str) -> None:
    well.complaint()
    age(well)
    with psycopg.connect(database_url.replace("+psycopg", "")) as other:
        # Given
        other.execute("SELECT * FROM stream_meta FOR UPDATE")
        # When
        with capture_logs() as lines:
            assert number_once(well.database) == 0
        # Then
        assert [line["event"] for line in lines] == ["numbering_waits_for_lock"]
        assert "event without a number" in said(well, "workers")
    assert number_once(well.database) == 1


def test_an_alert_that_is_due_and_that_nobody_sends(well: World, office: Office) -> None:
    office.link(office.hire(), 1)
    office.submit()
    assert look(well)["status"] == "ok"
    office.let_time_pass(300)
    assert "alert that is due and not sent waits since" in said(well, "workers")
    assert measured(well, 'redress_oldest_waiting_seconds{kind="alert_not_sent"}') >= 300


def test_a_button_that_nobody_takes_up(well: World) -> None:
    with well.database.write() as session:
        session.add(TelegramUpdate(update_id=1, payload={}, received_at=utcnow() - LONG_AGO))
    assert "button or command that nobody took up" in said(well, "workers")


@pytest.mark.parametrize("by", ["limiter", "row"])
def test_a_chat_that_telegram_makes_wait_is_named_with_its_end(
    well: World, office: Office, redis: Redis, by: str
) -> None:
    # Given a short wait, and what a clock wrote that was ahead: neither is told of
    chats = [office.link(office.hire(), number) for number in (1, 2, 3)]
    for chat, seconds in zip(chats, (30, 100_000, 600), strict=True):
        hold(office, redis, chat, seconds, by)
    until = hold(office, redis, chats[2], 600, by)
    # When, then
    assert said(well, "telegram") == f"Telegram makes wait: chat {chats[2].id} until {until}"
    assert look(well)["silences"] == [{"kind": "chat_held", "chat_id": str(chats[2].id), "until": until}]
    held = measured(well, f'redress_chat_held_seconds{{chat="{chats[2].id}"}}')
    assert 60 < held <= 600


def hold(office: Office, redis: Redis, chat: Chat, seconds: int, by: str) -> str | None:
    until = utcnow() + timedelta(seconds=seconds)
    if by == "limiter":
        redis.set(f"{HOLDS}chat:{chat.telegram_id}", round(until.timestamp() * 1_000_000))
    else:
        office.set_chat(chat.id, held_until=until)
    return to_wire(until)


def test_a_bot_that_telegram_does_not_answer_though_nothing_is_due(well: World, redis: Redis) -> None:
    for word, says in (("unknown", "not answered the bot"), ("polled_elsewhere", "another program")):
        tell_unheard(redis, word)
        redis.hincrby(UNHEARD, "since", -60)
        assert says in said(well, "telegram")
        tell_heard(redis)
        assert look(well)["status"] == "ok"


@SQLITE
class TestProcesses:
    @pytest.fixture
    def first(self, redis: Redis) -> Iterator[SignOfLife]:
        yield from living(redis, "events")

    @pytest.fixture
    def second(self, redis: Redis) -> Iterator[SignOfLife]:
        yield from living(redis, "events")

    def test_one_of_two_that_stopped_is_missed_until_another_starts(
        self, well: World, first: SignOfLife, second: SignOfLife, redis: Redis
    ) -> None:
        # Given
        stop(redis, first)
        stop(redis, second)
        second.give_once()
        # When, then
        assert f"events {name(first)} has stopped at" in said(well, "workers")
        assert look(well)["silences"][0]["process"] == f"events {name(first)}"
        started = f'redress_process_stopped_seconds{{kind="events",process="{name(first)}"}}'
        assert measured(well, started) >= 300
        # When another takes its place, which stops as well, and has one in its place
        for started_ago, seen_ago in ((250, 200), (150, 100), (50, 0)):
            another = SignOfLife(redis, "events")
            another.give_once()
            stop(redis, another, started_ago, seen_ago)
            assert len(look(well).get("silences", ())) == (seen_ago > 0)

    def test_one_that_ends_well_is_not_missed(self, well: World, first: SignOfLife, redis: Redis) -> None:
        first.start()
        first.end()
        assert redis.hgetall(PROCESSES) == {}
        assert look(well)["status"] == "ok"

    def test_one_whose_successor_ended_well_before_it_was_missed_is_not_missed(
        self, well: World, first: SignOfLife, second: SignOfLife, redis: Redis
    ) -> None:
        # Given one that was killed, and one that was started for it
        stop(redis, first, seen_ago=300)
        second.give_once()
        stop(redis, second, started_ago=290, seen_ago=0)
        second._started = redis.time()[0] - 290
        # When that one is taken out of service
        second.start()
        second.end()
        # Then
        assert look(well)["status"] == "ok"
        # But it stood for one
        another = SignOfLife(redis, "events")
        another.give_once()
        stop(redis, another, started_ago=600, seen_ago=299)
        assert len(look(well)["silences"]) == 1

    def test_what_a_clock_wrote_that_was_ahead_is_forgotten(self, well: World, redis: Redis) -> None:
        redis.hset(PROCESSES, "events/ahead", f"{2**33} {2**33}")
        assert look(well)["status"] == "ok"
        assert redis.hgetall(PROCESSES) == {}

    def test_without_beat_those_whom_it_wakes_are_not_blamed_if_they_live(
        self, well: World, first: SignOfLife, redis: Redis
    ) -> None:
        for kind in ("events", "alerts", "beat"):
            redis.delete(f"redress:alive:{kind}")
        assert said(well, "workers") == "not heard of lately: alerts, beat"
        assert measured(well, 'redress_worker_missing{kind="beat"}') == 1
        assert measured(well, 'redress_worker_missing{kind="events"}') == 0


def living(redis: Redis, kind: str) -> Iterator[SignOfLife]:
    sign = SignOfLife(redis, kind)
    sign.give_once()
    yield sign


def name(sign: SignOfLife) -> str:
    return sign._field.partition("/")[2]


def stop(redis: Redis, sign: SignOfLife, started_ago: int = 600, seen_ago: int = 300) -> None:
    """Let it be so many seconds that it started, and was heard of last."""
    now = redis.time()[0]
    sign._started = now - started_ago
    redis.hset(PROCESSES, sign._field, f"{now - started_ago} {now - seen_ago}")


@SQLITE
def test_a_redis_that_takes_no_writes(well: World, redis: Redis) -> None:
    redis.config_set("maxmemory", "1")
    try:
        body = look(well)
    finally:
        redis.config_set("maxmemory", "0")
    assert body["status"] == "degraded"
    for check in ("redis", "broker"):
        assert body["checks"][check] == {"status": "down", "detail": "OutOfMemoryError"}
    assert body["checks"]["workers"] == {"status": "ok"}
