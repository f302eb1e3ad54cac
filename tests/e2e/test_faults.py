"""Things break on purpose: nothing that was answered 201 is lost, and no screen sees a hole or a double."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.listening import Listener
from tools.stack import PROCESSES, Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)

SUBMISSIONS = 20
MOST_SUBMISSIONS = 60


def submit(client: httpx.Client, text: str, *, key: str = "id") -> str:
    answer = client.post("/complaints", json={"description": text, "severity": "critical"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()[key])


@contextmanager
def submitting(client: httpx.Client) -> Iterator[list[str]]:
    """Submit all the time while the block runs; give the ids that were answered 201."""
    answered: list[str] = []
    done = threading.Event()

    def run() -> None:
        while len(answered) < (SUBMISSIONS if done.is_set() else MOST_SUBMISSIONS):
            try:
                answered.append(submit(client, f"under fault {len(answered)}"))
            except httpx.HTTPError:
                time.sleep(0.02)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield answered
    finally:
        done.set()
        thread.join()


def alerted(phone: httpx.Client, chat_id: int) -> str:
    calls = phone.get("/calls", params={"chat_id": chat_id}).json()
    return "\n".join(str(call["payload"].get("text")) for call in calls if call["acted"])


def wait_until_accounted_for(client: httpx.Client, chat_id: int, answered: list[str]) -> None:
    """Wait until the chat's alert of every complaint was sent, or its answer was lost."""

    def settled(complaint_id: str) -> bool:
        items = client.get(f"/complaints/{complaint_id}/alerts").json()["items"]
        states = [item["state"] for item in items if item["chat"]["telegram_id"] == chat_id]
        return bool(states) and set(states) <= {"sent", "unknown"}

    for complaint_id in answered:
        eventually(partial(settled, complaint_id), seconds=90, what=f"an outcome for {complaint_id}")


def check_screen(screen: Listener, answered: list[str]) -> None:
    """Every complaint once, in seq order, with no hole; or a resync that told the page to read anew."""
    for complaint_id in answered:
        screen.wait_for(complaint_id, seconds=40)
    seqs = [event["seq"] for event in screen.events]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert sorted(screen.references()) == sorted(set(screen.references()))


@pytest.mark.parametrize("name", ["web", "events", "beat"])
def test_a_process_killed_while_complaints_come_in_loses_and_doubles_nothing(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    with Listener(stack, client) as screen:
        with submitting(client) as answered:
            for _ in range(2):
                eventually(lambda: len(answered) > 3, what="some submissions")
                stack.kill(name)
                stack.start(name)
                stack.wait_until_ready()
        check_screen(screen, answered)
        assert screen.resyncs == 0


@pytest.mark.parametrize("name", ["alerts", "events", "bot"])
def test_a_process_killed_while_alerts_go_out_loses_none(
    stack: Stack, client: httpx.Client, chat_id: int, name: str
) -> None:
    # When
    with submitting(client) as answered:
        eventually(lambda: len(answered) > 3, what="some submissions")
        stack.kill(name)
        stack.start(name)
        stack.wait_until_ready()

    # Then
    wait_until_accounted_for(client, chat_id, answered)


def test_a_telegram_that_restarts_while_alerts_go_out_gets_them_all(
    stack: Stack, client: httpx.Client, chat_id: int
) -> None:
    # When
    with submitting(client) as answered:
        eventually(lambda: len(answered) > 3, what="some submissions")
        stack.stop("telegram")
        stack.start("telegram")
    # Then
    wait_until_accounted_for(client, chat_id, answered)
    stack.wait_until_ready()


def test_redis_stopped_and_back_empty_costs_no_complaint(
    stack: Stack, client: httpx.Client, phone: httpx.Client, chat_id: int
) -> None:
    with Listener(stack, client) as screen:
        # Given
        submit(client, "before")
        stack.stop_valkey(and_lose_everything=True)
        # When
        answered = [submit(client, f"without Redis {place}", key="reference") for place in range(5)]
        stack.start_valkey()
        answered.append(submit(client, "with Redis again", key="reference"))
        # Then
        check_screen(screen, answered)
    for reference in answered:
        eventually(lambda wanted=reference: wanted in alerted(phone, chat_id), seconds=60, what="the alert")


def test_a_telegram_that_is_away_for_a_while_gets_every_alert_later(
    client: httpx.Client, phone: httpx.Client, chat_id: int
) -> None:
    # Given
    phone.post("/faults", json={"kind": "outage", "seconds": 2, "how": "reset_before"}).raise_for_status()
    # When
    answered = [submit(client, f"during the outage {place}", key="reference") for place in range(3)]
    # Then
    for reference in answered:
        eventually(lambda wanted=reference: wanted in alerted(phone, chat_id), seconds=90, what="the alert")


def conflicts(phone: httpx.Client) -> list[dict[str, Any]]:
    """Polls that another poll ended. Those of a process that is no more are nobody's."""
    polls = phone.get("/calls", params={"method": "getUpdates"}).json()
    return [call for call in polls if call["status"] == 409]


def test_of_two_bots_one_works_and_the_other_takes_over(
    stack: Stack, client: httpx.Client, phone: httpx.Client
) -> None:
    # Given
    stack.start("bot", alias="second bot")
    try:
        stack.link_chat(client, phone, "Before")
        in_each_others_way = conflicts(phone)
        # When
        stack.kill("bot")
        # Then
        stack.link_chat(client, phone, "After")
    finally:
        stack.stop("second bot")
        stack.start("bot")
        stack.wait_until_ready()
    assert in_each_others_way == []


@pytest.mark.parametrize("name", [name for name in PROCESSES if name != "telegram"])
def test_every_process_ends_well_on_sigterm(stack: Stack, name: str) -> None:
    try:
        status = stack.stop(name)
    finally:
        stack.start(name)
        stack.wait_until_ready()
    assert status == 0
