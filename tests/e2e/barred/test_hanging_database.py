"""A database that hangs, or lets nobody in, keeps no request for long, and all is well soon after its return.

Who needs it is told 503 and when to come back; liveness, sockets and whoever only reads go on.
"""

import httpx
import psycopg
import pytest

from complaints.waits.patience import REQUEST
from tests.e2e.listening import Listener
from tests.e2e.telling import submit, wait_for_message
from tools.stack import PLAIN, Stack

pytestmark = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
LONGEST_SECONDS = 2 * REQUEST.silence
"""How long anybody is kept, with time for a busy machine."""


def check_told_to_come_back(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def address(stack: Stack) -> str:
    return stack.environment["DATABASE_URL"].replace("+psycopg", "")


def test_a_table_that_somebody_holds(stack: Stack, client: httpx.Client) -> None:
    client.timeout = httpx.Timeout(LONGEST_SECONDS)
    with Listener(stack, client) as screen, psycopg.connect(address(stack)) as other:
        # Given
        other.execute("LOCK TABLE complaint IN EXCLUSIVE MODE")
        # When, then
        check_told_to_come_back(client.post("/complaints", json={"description": "x"}))
        assert client.get("/complaints").status_code == 200
        assert httpx.get(f"{stack.url}/healthz", timeout=LONGEST_SECONDS, verify=PLAIN).status_code == 200
        other.rollback()
        # And when it is free
        screen.wait_for(submit(client)["id"])
        assert screen.connections == 1


def test_a_server_that_lets_nobody_in(
    stack: Stack, client: httpx.Client, phone: httpx.Client, chat_id: int
) -> None:
    with Listener(stack, client) as screen, psycopg.connect(address(stack), autocommit=True) as other:
        name = other.info.dbname
        # Given
        other.execute("UPDATE pg_database SET datallowconn = false WHERE datname = %s", (name,))
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
        other.execute(others, (name, other.info.backend_pid))
        # When, then
        try:
            check_told_to_come_back(client.post("/complaints", json={"description": "x"}))
            assert stack.readiness()["status"] == "down"
            assert httpx.get(f"{stack.url}/healthz", timeout=10, verify=PLAIN).status_code == 200
        finally:
            other.execute("UPDATE pg_database SET datallowconn = true WHERE datname = %s", (name,))
        # And when it does
        complaint = submit(client)
        wait_for_message(phone, chat_id, complaint["reference"])
        screen.wait_for(complaint["id"])
        assert screen.connections == 1
    stack.wait_until_ready()
