"""A wait that Telegram names is that chat's, and bounded: others are told at once, and a critical alert elsewhere.

Everybody waits only where two were refused together, for half a minute at most, and then somebody tries. An answer
that Redis could not note at once is noted soon after: its chat need not wait as if none had come.
"""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from complaints.db import Database
from complaints.telegram.limiter import (
    BUSY_SECONDS,
    LONGEST_HOLD_ALL_SECONDS,
    LONGEST_HOLD_SECONDS,
    MICROSECONDS,
)
from tests.e2e.telling import (
    HELD,
    end_all_holds,
    measured,
    prefer_nothing,
    submit,
    told_to,
    wait_for_message,
)
from tools.crowd import crowd
from tools.stack import Stack, eventually

SLOW_MS = 1000


@pytest.fixture
def people(database: Database, phone: httpx.Client, redis: Redis) -> Iterator[list[int]]:
    """Telegram's ids of three linked chats; whoever was made to wait no longer does at the end."""
    with crowd(database, phone, people=3) as chats:
        yield chats
    phone.delete("/faults").raise_for_status()
    end_all_holds(database, redis)


def refuse(phone: httpx.Client, chat_id: int, seconds: int, *, count: int | None = None) -> None:
    fault = {"kind": "retry_after", "retry_after": seconds, "chat_id": chat_id, "count": count}
    phone.post("/faults", json=fault).raise_for_status()


def seconds_held(redis: Redis, who: str) -> float:
    value, (seconds, microseconds) = redis.get(f"{HELD}{who}"), redis.time()
    return 0.0 if value is None else int(value) / MICROSECONDS - seconds - microseconds / MICROSECONDS


@pytest.mark.parametrize(
    ("stack", "told"), [("sqlite", 3600), ("postgresql", 10**12)], indirect=["stack"], ids=str
)
def test_a_long_wait_after_a_short_one_of_another_chat(
    stack: Stack,
    client: httpx.Client,
    phone: httpx.Client,
    redis: Redis,
    chat_id: int,
    people: list[int],
    told: int,
) -> None:
    # Given an admin's chat that chose nothing, one that is refused for a second, and one for very long
    ben, cleo, dora = people
    prefer_nothing(client, stack, chat_id)
    refuse(phone, ben, 1, count=1)
    refuse(phone, cleo, told)
    # When
    complaint = submit(client)
    # Then the others are told, and the admin what the held chat should have been
    for other in (ben, dora, chat_id):
        wait_for_message(phone, other, complaint["reference"])
    assert seconds_held(redis, "all") <= 1
    assert LONGEST_HOLD_SECONDS / 2 < seconds_held(redis, f"chat:{cleo}") <= LONGEST_HOLD_SECONDS
    # And the trail, readiness and the metrics say so
    alert = told_to(client, complaint, cleo)
    assert (alert["state"], alert["reason_code"]) == ("skipped", "rerouted")
    assert "makes this chat wait until" in alert["reason"]
    assert told_to(client, complaint, chat_id)["state"] == "sent"
    found = stack.readiness()
    assert f"Telegram makes wait: chat {alert['chat_id']} until" in found["checks"]["telegram"]["detail"]
    assert {"kind": "chat_held", "chat_id": alert["chat_id"]}.items() <= found["silences"][0].items()
    assert measured(stack, f'redress_chat_held_seconds{{chat="{alert["chat_id"]}"}}') > 60


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_a_wait_of_everybody_has_an_end(
    client: httpx.Client, phone: httpx.Client, redis: Redis, people: list[int]
) -> None:
    # Given two that are refused together for an hour
    for chat_id in people[:2]:
        refuse(phone, chat_id, 3600)
    submit(client)
    eventually(lambda: seconds_held(redis, "all") > 0, what="a hold of everybody")
    # When
    reference = submit(client)["reference"]
    assert seconds_held(redis, "all") <= LONGEST_HOLD_ALL_SECONDS
    redis.delete(f"{HELD}all")  # as it ends by itself
    # Then
    wait_for_message(phone, people[2], reference)


@pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
def test_an_answer_that_redis_does_not_take_keeps_its_chat_no_longer_than_redis_does(
    stack: Stack, client: httpx.Client, phone: httpx.Client, redis: Redis, people: list[int]
) -> None:
    # Given a message that is on its way while Redis is full
    chat_id, _, _ = people
    slow = {"kind": "latency", "latency": [SLOW_MS, SLOW_MS], "chat_id": chat_id}
    phone.post("/faults", json=slow).raise_for_status()
    reference = submit(client)["reference"]
    calls = {"chat_id": chat_id}
    eventually(lambda: phone.get("/calls", params=calls).json(), what="a message on its way")
    redis.config_set("maxmemory", 1)
    try:
        wait_for_message(phone, chat_id, reference)
        eventually(lambda: "answer_not_stamped" in stack.log("alerts").read_text())
    finally:
        redis.config_set("maxmemory", 0)
    phone.delete("/faults").raise_for_status()
    # When, then
    wait_for_message(phone, chat_id, submit(client)["reference"], seconds=BUSY_SECONDS * 2 / 3)
    stack.wait_until_ready()
