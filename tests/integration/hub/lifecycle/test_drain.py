"""From SIGTERM to the end, while a request is still under way; and who is on the way in when it comes."""

import http.client
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.integration.hub.conftest import Deploy, StartHub
from tests.integration.hub.harness import Deployment, wait_until
from tests.integration.hub.peers import Peer, Tokens
from web.hub.entry.operator_cap import places_key

ROWS = 1500
SOCKETS = 10
GRACE_SECONDS = 25


@pytest.fixture
def exporting(deploy: Deploy) -> Iterator[tuple[Deployment, http.client.HTTPResponse]]:
    """A gunicorn in the midst of a long export, whose reader has stopped reading."""
    deployment = deploy(SOCKETS_PER_OPERATOR="100")
    deployment.submit_many(ROWS, "x" * 4000)
    with closing(http.client.HTTPConnection("127.0.0.1", deployment.port, timeout=20)) as connection:
        headers = {"Authorization": f"Bearer {deployment.token()}"}
        connection.request("GET", "/api/v1/complaints/export.csv", headers=headers)
        response = connection.getresponse()
        assert response.status == 200
        yield deployment, response


def is_refused(port: int) -> bool:
    """Say whether a new connection is refused, or cut off at once; one that nobody answers is a failure."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as new:
            new.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            return new.recv(1) == b""
    except (ConnectionRefusedError, ConnectionResetError):
        return True


def test_sockets_are_closed_at_once_while_a_request_goes_on_and_the_end_waits_for_it(
    exporting: tuple[Deployment, http.client.HTTPResponse],
) -> None:
    # Given
    deployment, response = exporting
    assert deployment.process is not None
    token = deployment.token()
    with ExitStack() as stack:
        clients = [stack.enter_context(deployment.live(token)) for _ in range(SOCKETS)]
        # When
        deployment.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        # Then: the sockets go, though the export still holds the process
        assert [client.closed_with() for client in clients] == [4001] * SOCKETS
        wait_until(lambda: is_refused(deployment.port))
        assert deployment.process.poll() is None
    # When
    body = response.read()
    # Then
    assert body.count(b"\r\n") == ROWS + 1
    assert deployment.process.wait(timeout=GRACE_SECONDS) == 0
    assert time.monotonic() - began < GRACE_SECONDS


def test_who_was_on_the_way_in_is_told_to_come_back(start_hub: StartHub, tokens: Tokens) -> None:
    # Given: a place is taken, the upgrade is being answered, and there is nobody else
    hub = start_hub()
    token = tokens.give()
    ticket = hub.admit("192.0.2.1", vouched=True)
    # When
    hub.drain(10)
    wait_until(lambda: not hub.accepting)
    late = Peer(hub, token, ticket)
    # Then
    assert late.closed_with() == 4001
    late.close()
    assert hub.join(60)


def test_whoever_comes_back_after_the_end_finds_the_places_of_their_old_sockets_free(deploy: Deploy) -> None:
    # Given: as many sockets as an operator may have
    deployment = deploy(SOCKETS_PER_OPERATOR="2")
    assert deployment.process is not None
    operator_id = deployment.operator()
    token = deployment.token(operator_id)
    with deployment.live(token) as first, deployment.live(token) as second:
        assert deployment.redis.zcard(places_key(operator_id)) == 2
        # When
        deployment.process.send_signal(signal.SIGTERM)
        assert [client.closed_with() for client in (first, second)] == [4001] * 2
    assert deployment.process.wait(timeout=GRACE_SECONDS) == 0
    # Then
    assert deployment.redis.zcard(places_key(operator_id)) == 0
