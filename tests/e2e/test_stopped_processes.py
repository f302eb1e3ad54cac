"""Each process that dies is named by `/readyz` and by the metrics, alone, until another takes its place."""

import pytest
from redis import Redis

from complaints.upkeep.process_registry import PROCESSES
from tests.e2e.telling import measured
from tools.stack import Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
WITHIN_SECONDS = 90


def workers(stack: Stack) -> str:
    return str(stack.readiness()["checks"]["workers"].get("detail", ""))


@pytest.mark.parametrize("kinds", [("beat",), ("events", "alerts", "bot")])
def test_the_only_one_of_its_kind(stack: Stack, kinds: tuple[str, ...]) -> None:
    # Given
    for kind in kinds:
        stack.kill(kind)
    # When
    missing = f"not heard of lately: {', '.join(kinds)};"
    eventually(lambda: missing in workers(stack), seconds=WITHIN_SECONDS)
    # Then they are named, and nobody else is
    assert all(f"; {kind} " in workers(stack) for kind in kinds)
    assert workers(stack).count("has stopped at") == len(kinds)
    for kind in ("events", "alerts", "beat", "bot"):
        assert measured(stack, f'redress_worker_missing{{kind="{kind}"}}') == (kind in kinds)
    for kind in kinds:
        stack.start(kind)
    stack.wait_until_ready()


def test_one_of_two(stack: Stack) -> None:
    # Given two that work
    with Redis.from_url(stack.environment["REDIS_URL"]) as redis:
        known = set(redis.hkeys(PROCESSES))
        stack.start("events", "second")
        eventually(lambda: set(redis.hkeys(PROCESSES)) - known)
    stack.wait_until_ready()
    # When
    stack.kill("second")
    # Then
    eventually(lambda: "events " in workers(stack), seconds=WITHIN_SECONDS)
    assert "not heard of" not in workers(stack)
    # When another takes its place
    stack.start("events", "third")
    stack.wait_until_ready()
    # When that one ends well
    assert stack.stop("third") == 0
    # Then nobody misses it
    stack.wait_until_ready()
