"""Every silence that is caused has a name in `/readyz` and a number in the metrics; intake goes on, or answers 503.

An order that a hung session holds, a worker that stands still, a Redis or database that takes no writes, a Telegram
that does not answer though nothing is due: each is told while it lasts, and all is well by itself afterwards.
"""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from redis import Redis
from sqlalchemy import update

from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Alert, Event
from complaints.telegram.bot_contact import UNHEARD
from complaints.telegram.limiter import MICROSECONDS, PREFIX
from tests.e2e.telling import measured, submit, wait_for_message
from tools.stack import Stack, eventually

SQLITE = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
LONG_AGO = timedelta(minutes=5)
FULL_BYTES = 4096


def said(stack: Stack, check: str) -> str:
    return str(stack.readiness()["checks"][check].get("detail", ""))


@contextmanager
def standing_still(stack: Stack, name: str) -> Iterator[None]:
    os.kill(stack.pid(name), signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(stack.pid(name), signal.SIGCONT)


@POSTGRESQL
def test_an_order_that_a_hung_session_holds(
    stack: Stack, client: httpx.Client, phone: httpx.Client, database: Database, chat_id: int
) -> None:
    with psycopg.connect(stack.environment["DATABASE_URL"].replace("+psycopg", "")) as hung:
        # Given
        hung.execute("SELECT * FROM stream_meta FOR UPDATE")
        reference = submit(client)["reference"]
        with database.write() as session:  # as time would
            waiting = update(Event).where(Event.seq.is_(None))
            session.execute(waiting.values(occurred_at=utcnow() - LONG_AGO))
        # When, then
        assert "the oldest event without a number waits since" in said(stack, "workers")
        assert measured(stack, 'redress_oldest_waiting_seconds{kind="event_not_numbered"}') >= 300
        eventually(lambda: "numbering_waits_for_lock" in stack.log("events").read_text())
    wait_for_message(phone, chat_id, reference)
    stack.wait_until_ready()


@POSTGRESQL
def test_an_alert_that_nobody_sends(
    stack: Stack, client: httpx.Client, phone: httpx.Client, database: Database, chat_id: int
) -> None:
    # Given
    with standing_still(stack, "alerts"):
        complaint = submit(client)
        path = f"/complaints/{complaint['id']}/alerts"
        eventually(lambda: client.get(path).json()["items"], what="an alert that is owed")
        with database.write() as session:
            waiting = update(Alert).where(Alert.state == "pending")
            session.execute(waiting.values(next_attempt_at=utcnow() - LONG_AGO))
        # When, then
        assert "alert that is due and not sent waits since" in said(stack, "workers")
        assert measured(stack, 'redress_oldest_waiting_seconds{kind="alert_not_sent"}') >= 300
    wait_for_message(phone, chat_id, complaint["reference"])
    stack.wait_until_ready()


@SQLITE
def test_a_telegram_that_is_dead_though_nothing_is_due(
    stack: Stack, phone: httpx.Client, redis: Redis
) -> None:
    # Given a poll that ends, and no more that is answered
    dead = {"kind": "outage", "how": "reset_before", "methods": ["getUpdates"]}
    phone.post("/faults", json=dead).raise_for_status()
    user = phone.post("/users", json={"first_name": "Eve", "started": True}).json()

    def say_something() -> None:
        phone.post(f"/chats/{user['id']}/messages", json={"text": "/help"}).raise_for_status()

    say_something()
    eventually(lambda: redis.hexists(UNHEARD, "since"), what="a poll that fails")
    # When it lasts
    redis.hincrby(UNHEARD, "since", -60)
    # Then
    assert "Telegram has not answered the bot, so that buttons and commands wait" in said(stack, "telegram")
    assert measured(stack, 'redress_ready{check="telegram"}') == 0
    # When it is back
    phone.delete("/faults").raise_for_status()
    say_something()
    # Then
    stack.wait_until_ready()


def is_free(redis: Redis, chat_id: int) -> bool:
    """Say whether the last answer for the chat was noted: one that Redis can't note keeps it waiting."""
    value = redis.get(f"{PREFIX}chat:{chat_id}")
    return value is not None and int(value) <= redis.time()[0] * MICROSECONDS


def fill(redis: Redis) -> None:
    redis.config_set("maxmemory", 1)


def make_replica(redis: Redis) -> None:
    redis.replicaof("127.0.0.1", "1")


@SQLITE
@pytest.mark.parametrize(
    ("refuse_writes", "word"),
    [(fill, "OutOfMemoryError"), (make_replica, "ReadOnlyError")],
    ids=["full", "replica"],
)
def test_a_redis_that_takes_no_writes(
    stack: Stack,
    client: httpx.Client,
    phone: httpx.Client,
    redis: Redis,
    chat_id: int,
    refuse_writes: Callable[[Redis], None],
    word: str,
) -> None:
    eventually(lambda: is_free(redis, chat_id), what="the limiter's note that the chat has its last message")
    refuse_writes(redis)
    try:
        # When
        found = stack.readiness()
        reference = submit(client)["reference"]
        ready = measured(stack, 'redress_ready{check="redis"}')
    finally:
        redis.config_set("maxmemory", 0)
        redis.replicaof("NO", "ONE")
    # Then
    assert (found["status"], ready) == ("degraded", 0)
    for check in ("redis", "broker"):
        assert found["checks"][check] == {"status": "down", "detail": word}
    wait_for_message(phone, chat_id, reference)
    stack.wait_until_ready()


@contextmanager
def postgresql_that_may_only_be_read(stack: Stack) -> Iterator[None]:
    with psycopg.connect(stack.environment["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as other:
        name = other.info.dbname

        def begin_anew() -> None:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
            other.execute(query, (name, other.info.backend_pid))

        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        begin_anew()
        try:
            yield
        finally:
            other.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            begin_anew()


@contextmanager
def files_that_may_not_grow(stack: Stack) -> Iterator[None]:
    """A disk without room, for the web process alone."""
    master = stack.pid("web")
    [worker] = map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())
    before = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (FULL_BYTES, before[1]))
    try:
        yield
    finally:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("stack", "refusing", "word"),
    [
        ("sqlite", files_that_may_not_grow, "disk I/O error"),
        ("postgresql", postgresql_that_may_only_be_read, "ReadOnlySqlTransaction"),
    ],
    indirect=["stack"],
    ids=["sqlite", "postgresql"],
)
def test_a_database_that_takes_no_writes(
    stack: Stack,
    client: httpx.Client,
    phone: httpx.Client,
    chat_id: int,
    refusing: Callable[[Stack], Iterator[None]],
    word: str,
) -> None:
    with refusing(stack):
        eventually(lambda: stack.readiness()["status"] == "down", what="a look at it")
        # When
        answer = client.post("/complaints", json={"description": "x"})
        # Then
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert said(stack, "database") == word
        assert measured(stack, 'redress_ready{check="database"}') == 0
        assert httpx.get(f"{stack.url}/healthz", timeout=10).status_code == 200
    wait_for_message(phone, chat_id, submit(client)["reference"])
    stack.wait_until_ready()
