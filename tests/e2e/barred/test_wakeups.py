"""While workers stand still, wake-ups do not pile up on the broker; and all that waited is done when they go on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from redis import Redis

from complaints.events.wakeups import SEQUENCE, WAITING_MAXIMUM, flag_key
from tests.e2e.telling import submit, wait_for_message
from tools.stack import Stack, eventually

PRODUCERS = 4  # two of web, beat and the bot


@contextmanager
def standing_still(stack: Stack, *names: str) -> Iterator[None]:
    """Stop the processes where they are, while the block runs."""
    for name in names:
        os.kill(stack.pid(name), signal.SIGSTOP)
    try:
        yield
    finally:
        for name in names:
            os.kill(stack.pid(name), signal.SIGCONT)


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_the_broker_s_lists_stay_short(
    stack: Stack, client: httpx.Client, phone: httpx.Client, redis: Redis, chat_id: int
) -> None:
    with standing_still(stack, "events", "alerts"):
        # When many more wake up those who sleep than there is room for
        for _ in range(2 * WAITING_MAXIMUM):
            redis.delete(flag_key(SEQUENCE))  # as it ends by itself after a second
            complaint = submit(client)
        # Then
        eventually(lambda: redis.llen("events") >= WAITING_MAXIMUM, what="a full list")
        assert max(map(redis.llen, ("events", "alerts", "outbound"))) < WAITING_MAXIMUM + PRODUCERS
    wait_for_message(phone, chat_id, complaint["reference"])
    eventually(lambda: redis.llen("events") < WAITING_MAXIMUM / 2, what="a list that is worked off")
