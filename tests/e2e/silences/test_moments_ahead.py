"""No moment is believed that a clock wrote which was ahead: an alert reaches its chat within seconds all the same.

Leases, rests, waits, mutes and tokens in the database, holds, windows and throttles in Redis, an hour or a year
ahead: each is void, and nobody waits until the clock has caught up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from redis import Redis
from sqlalchemy import select, update

from complaints.chats.muting import LONGEST
from complaints.clock import utcnow
from complaints.db import Database
from complaints.ids import digest, new_id
from complaints.models import Alert, Chat, Complaint, Lease, LinkToken
from complaints.telegram.circuit import CIRCUIT, PROBE
from complaints.telegram.limiter import MICROSECONDS, PREFIX
from complaints.upkeep.process_registry import PROCESSES
from tests.e2e.telling import end_all_holds, submit, wait_for_message
from tools.crowd import crowd
from tools.stack import ADMIN_EMAIL, Stack, eventually

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
SQLITE = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
Write = Callable[[Redis], object]
POSTGRESQL = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)


@pytest.fixture
def ada(database: Database, phone: httpx.Client) -> Iterator[int]:
    """Telegram's id of a linked chat."""
    with crowd(database, phone, people=1) as (chat_id,):
        yield chat_id


def set_chat(database: Database, chat_id: int, **values: Any) -> None:
    with database.write() as session:
        session.execute(update(Chat).where(Chat.telegram_id == chat_id).values(**values))


@pytest.mark.parametrize("ahead", [HOUR, YEAR], ids=["hour", "year"])
@pytest.mark.parametrize("kind", ["lease", "rest"])
def test_a_chat_under_a_lease_or_at_rest(
    client: httpx.Client, phone: httpx.Client, database: Database, ada: int, kind: str, ahead: timedelta
) -> None:
    token = new_id() if kind == "lease" else None
    set_chat(database, ada, lease_expires_at=utcnow() + ahead, lease_token=token)
    wait_for_message(phone, ada, submit(client)["reference"])


def test_an_alert_that_waits_to_be_tried_again(
    client: httpx.Client, phone: httpx.Client, database: Database, redis: Redis, ada: int
) -> None:
    # Given one that Telegram did not take
    phone.post("/faults", json={"kind": "retry_after", "retry_after": 50, "chat_id": ada}).raise_for_status()
    reference = submit(client)["reference"]
    owed = select(Alert.id).join(Chat, Chat.id == Alert.chat_id).where(Chat.telegram_id == ada)

    def is_held() -> bool:
        with database.read() as session:
            return session.scalar(owed.where(Alert.state == "pending", Alert.reason.is_not(None))) is not None

    eventually(is_held, what="the hold")
    # When
    end_all_holds(database, redis)
    with database.write() as session:
        session.execute(update(Alert).where(Alert.id.in_(owed)).values(next_attempt_at=utcnow() + YEAR))
    phone.delete("/faults").raise_for_status()
    # Then
    wait_for_message(phone, ada, reference)


def test_a_chat_that_is_muted(
    client: httpx.Client, phone: httpx.Client, database: Database, ada: int
) -> None:
    set_chat(database, ada, state="muted", muted_until=utcnow() + LONGEST + HOUR)
    wait_for_message(phone, ada, "The mute is over")
    wait_for_message(phone, ada, submit(client)["reference"])


@SQLITE
def test_a_complaint_that_waits_to_be_acknowledged(client: httpx.Client, database: Database) -> None:
    # Given one that was taken in by a clock a year ahead
    complaint_id = UUID(submit(client)["id"])

    def set_moments(**values: datetime) -> None:
        with database.write() as session:
            session.execute(update(Complaint).where(Complaint.id == complaint_id).values(**values))

    set_moments(created_at=utcnow() + YEAR, remind_at=utcnow() + YEAR + HOUR)

    def is_due_soon() -> bool:
        with database.read() as session:
            remind_at = session.get_one(Complaint, complaint_id).remind_at
        return remind_at is not None and remind_at < utcnow() + HOUR

    # When, then
    eventually(is_due_soon, what="a reminder in time")
    set_moments(created_at=utcnow())


@POSTGRESQL
def test_the_bot_s_lease_and_a_token_that_links(
    stack: Stack, client: httpx.Client, phone: httpx.Client, database: Database
) -> None:
    # Given a lease of a bot that is no more
    with database.write() as session:
        session.execute(update(Lease).values(holder="nobody", expires_at=utcnow() + YEAR))
    # When somebody says a token that would live for a year
    user: dict[str, Any] = phone.post("/users", json={"first_name": "Eve"}).json()
    token = client.post("/telegram/link").raise_for_status().json()["token"]
    with database.write() as session:
        own = update(LinkToken).where(LinkToken.token_hash == digest(token))
        session.execute(own.values(expires_at=utcnow() + YEAR))
    phone.post(f"/chats/{user['id']}/messages", json={"text": f"/start {token}"}).raise_for_status()
    # Then the living bot takes it up, and it opens nothing
    eventually(lambda: len(phone.get(f"/chats/{user['id']}/messages").json()) > 1, what="an answer")
    assert stack.chat(client, user["id"]) is None


def in_an_hour(redis: Redis) -> int:
    """By Redis' clock, in microseconds."""
    return (int(redis.time()[0]) + int(HOUR.total_seconds())) * MICROSECONDS


def moment(name: str) -> Write:
    return lambda redis: redis.set(f"{PREFIX}{name}", in_an_hour(redis))


def full_window(redis: Redis) -> None:
    at = in_an_hour(redis)
    redis.zadd(f"{PREFIX}recent", {f"ahead {number}": at for number in range(1000)})


def open_circuit(redis: Redis) -> None:
    at = in_an_hour(redis) // 1000
    redis.hset(CIRCUIT, mapping={"failures": 3, "since": at, "reason": "no_answer", "retry_at": at})
    redis.set(PROBE, 1)


EVERYBODY_S: dict[str, Write] = {
    "the next slot": moment("all"),
    "a hold": moment("hold:all"),
    "the birth": moment("born"),
    "the window": full_window,
    "the circuit": open_circuit,
}


@SQLITE
@pytest.mark.parametrize("write", EVERYBODY_S.values(), ids=EVERYBODY_S)
def test_what_makes_everybody_wait(
    client: httpx.Client, phone: httpx.Client, redis: Redis, ada: int, write: Write
) -> None:
    write(redis)
    wait_for_message(phone, ada, submit(client)["reference"])


@SQLITE
@pytest.mark.parametrize("name", ["chat", "hold:chat", "group"])
def test_what_makes_a_chat_wait(
    client: httpx.Client, phone: httpx.Client, database: Database, redis: Redis, name: str
) -> None:
    with crowd(database, phone, people=1, groups=1) as chats:
        for chat_id in chats:
            moment(f"{name}:{chat_id}")(redis)
        reference = submit(client)["reference"]
        for chat_id in chats:
            wait_for_message(phone, chat_id, reference)


@SQLITE
def test_who_signs_in_and_who_is_missed(stack: Stack, redis: Redis) -> None:
    # Given more failures than anybody may have, and a process that was heard of in an hour
    at = in_an_hour(redis)
    for who in (f"login-account:{ADMIN_EMAIL}", "login-address:127.0.0.1"):
        redis.zadd(f"redress:throttle:{who}", {f"ahead {number}": at for number in range(30)})
    redis.hset(PROCESSES, "events/ahead", f"{at // MICROSECONDS} {at // MICROSECONDS}")
    # When, then
    stack.sign_in().close()
    stack.wait_until_ready()
    assert redis.hget(PROCESSES, "events/ahead") is None
