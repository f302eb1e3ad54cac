"""Open files that run out would end gunicorn's worker and cut every socket: it stops accepting before."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integration.hub.harness import Deployment, wait_until

OPEN_FILES = 400
SOCKETS = 20
IDLE_CONNECTIONS = 500
LOOKS, LOOK_EVERY_SECONDS = 5, 0.2


@pytest.fixture
def narrow(sqlite_url: str, valkey_url: str) -> Iterator[Deployment]:
    """A gunicorn that may open few files."""
    deployment = Deployment(sqlite_url, valkey_url, SOCKETS_PER_OPERATOR="100")
    try:
        deployment.start(open_files=OPEN_FILES)
        yield deployment
    finally:
        deployment.close()


def test_more_connections_than_files_cost_no_socket_that_is_served(narrow: Deployment) -> None:
    # Given
    token, worker = narrow.token(), narrow.worker_pid()
    with ExitStack() as stack:
        clients = [stack.enter_context(narrow.live(token)) for _ in range(SOCKETS)]
        # When
        for _ in range(IDLE_CONNECTIONS):
            idle = stack.enter_context(socket.socket())
            idle.setblocking(False)
            idle.connect_ex(("127.0.0.1", narrow.port))
        for _ in range(LOOKS):
            time.sleep(LOOK_EVERY_SECONDS)
            complaint = narrow.submit()
            # Then
            assert {client.hear("event")["data"]["id"] for client in clients} == {str(complaint.id)}
        assert narrow.worker_pid() == worker
    wait_until(lambda: narrow.health()[0] == 200)
