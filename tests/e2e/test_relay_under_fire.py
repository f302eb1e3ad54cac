"""The relay's promise with everything against it: restarts, kills, Redis away, emptied, and back as it was."""

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from redis import Redis

from tests.e2e.listening import Listener
from tests.e2e.web_beside import wait_until_healthy, web_beside
from tools.stack import Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)

LISTENERS = 20
WRITE_EVERY_SECONDS = 0.05
DROP_EVERY_SECONDS = 0.2


@pytest.fixture
def second_port(stack: Stack) -> Iterator[int]:
    """The port of a second web process."""
    with web_beside(stack) as port:
        yield port


@contextmanager
def all_the_time(step: Callable[[], object]) -> Iterator[None]:
    """Take the step again and again, in a thread, while the block runs."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            step()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Writer:
    """Submits to whichever web process answers; keeps the ids that were answered 201."""

    def __init__(self, client: httpx.Client, urls: tuple[str, ...]) -> None:
        self.answered: list[str] = []
        self._client = client
        self._urls = urls

    def submit(self) -> None:
        time.sleep(WRITE_EVERY_SECONDS)
        try:
            answer = self._client.post(
                f"{random.choice(self._urls)}/api/v1/complaints", json={"description": "under fire"}
            )
        except httpx.HTTPError:
            return
        if answer.status_code == 201:
            self.answered.append(answer.json()["id"])


def drop_one_of(listeners: list[Listener]) -> None:
    time.sleep(DROP_EVERY_SECONDS)
    random.choice(listeners).drop()


def restart_one_after_the_other(stack: Stack, second_port: int) -> None:
    for name, port in (("web", stack.port), ("second web", second_port)):
        try:
            status = stack.stop(name)
        finally:
            stack.start("web", alias=name, PORT=str(port))
        assert status == 0
        wait_until_healthy(f"http://127.0.0.1:{port}")


def kill_and_start(stack: Stack, second_port: int) -> None:
    for name, alias, port in (("web", "second web", second_port), ("events", "events", stack.port)):
        stack.kill(alias)
        stack.start(name, alias=alias, PORT=str(port))
    wait_until_healthy(f"http://127.0.0.1:{second_port}")


def trouble_with_redis(stack: Stack) -> None:
    """Away for a moment; emptied; and then as a replica that had not heard of the last seconds."""
    data, copy = stack.folder / "valkey", stack.folder / "valkey before"
    stack.stop_valkey()
    shutil.copytree(data, copy)
    stack.start_valkey()
    time.sleep(2)
    with Redis.from_url(stack.environment["REDIS_URL"]) as redis:
        redis.flushall()
    time.sleep(2)
    stack.stop_valkey()
    shutil.rmtree(data)
    shutil.move(copy, data)
    stack.start_valkey()
    time.sleep(1)


def test_twenty_screens_on_two_processes_see_every_event_once_and_in_order(
    stack: Stack, client: httpx.Client, second_port: int
) -> None:
    # Given
    urls = (stack.url, f"http://127.0.0.1:{second_port}")
    writer = Writer(client, urls)
    with ExitStack() as block:
        listeners = [block.enter_context(Listener(stack, client, urls)) for _ in range(LISTENERS)]
        sleeper, *restless = listeners
        # When
        with all_the_time(writer.submit), all_the_time(lambda: drop_one_of(restless)):
            eventually(lambda: len(writer.answered) > 5, what="some submissions")
            sleeper.drop(and_stay_away=True)
            restart_one_after_the_other(stack, second_port)
            kill_and_start(stack, second_port)
            trouble_with_redis(stack)
        stack.wait_until_ready()
        sleeper.come_back()
        # Then
        for listener in listeners:
            check(listener, writer.answered)


def check(listener: Listener, answered: list[str]) -> None:
    """Each complaint that was answered is there, no seq is missing or double, and nobody had to begin anew."""

    def missing() -> set[str]:
        return set(answered) - {event["data"]["id"] for event in listener.events}

    eventually(lambda: not missing(), seconds=30, what="the events of all that was answered")
    seqs = [event["seq"] for event in listener.events]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert listener.resyncs == 0
