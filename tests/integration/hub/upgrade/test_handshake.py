"""The opening handshake, after RFC 6455 section 4.2: what it wants, and what proves that it was understood."""

import socket

import pytest

from tests.integration.hub.harness import Deployment, wait_until
from tests.integration.hub.raw import DEADLINE, REQUEST

WANTED = {
    "a GET": (b"GET", b"HEAD"),
    "a Host": (b"Host: x\r\n", b""),
    "an Upgrade": (b"Upgrade: websocket\r\n", b""),
    "an Upgrade to WebSocket": (b"Upgrade: websocket", b"Upgrade: h2c"),
    "a Connection": (b"Connection: Upgrade\r\n", b""),
    "a Connection that says so": (b"Connection: Upgrade", b"Connection: keep-alive"),
    "a version": (b"Sec-WebSocket-Version: 13\r\n", b""),
    "our version": (b"Version: 13", b"Version: 8"),
    "one version": (b"Version: 13\r\n", b"Version: 13\r\nSec-WebSocket-Version: 13\r\n"),
    "a key": (b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", b""),
    "a key that says something": (b"AAAAAAAAAAAAAAAAAAAAAA==", b""),
}


def ask(deployment: Deployment, request: bytes) -> bytes:
    """Send the request; return the first that is answered."""
    with socket.create_connection(("127.0.0.1", deployment.port), timeout=DEADLINE) as sock:
        sock.sendall(request)
        return sock.recv(65536)


def ask_until_there_is_room(deployment: Deployment, request: bytes) -> bytes:
    """Ask again while the places of those who left are not free yet; return the head of the answer."""
    answer = b""

    def is_let_in() -> bool:
        nonlocal answer
        answer = ask(deployment, request)
        return b" 429 " not in answer.partition(b"\r\n")[0]

    wait_until(is_let_in)
    return answer.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("what", WANTED)
def test_a_handshake_that_lacks_what_it_must_have_is_a_bad_request(deployment: Deployment, what: str) -> None:
    whole, lacking = REQUEST.encode() + b"\r\n", WANTED[what]
    # When it is sent more often than this address may have sockets that did not say who they are
    for _ in range(5):
        answer = ask_until_there_is_room(deployment, whole.replace(*lacking))
        # Then
        assert answer.startswith(b"HTTP/1.1 400 ")
    assert ask_until_there_is_room(deployment, whole).startswith(b"HTTP/1.1 101 ")


def test_who_speaks_another_version_is_told_which_one_is_spoken(deployment: Deployment) -> None:
    whole = REQUEST.encode() + b"\r\n"
    answer = ask_until_there_is_room(deployment, whole.replace(*WANTED["our version"]))
    assert b"\r\nSec-WebSocket-Version: 13" in answer


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        (b"Upgrade: websocket", b"upgrade: WebSocket"),
        (b"Connection: Upgrade", b"connection: keep-alive, upgrade"),
        (b"GET /api/v1/websocket HTTP/1.1", b"GET /api/v1/websocket?token=x HTTP/1.0"),
        (b"Host: x", b"Host: h\xe9 \xff.example\r\nSec-WebSocket-Protocol: chat\r\nX-Request-ID: \xff"),
    ],
)
def test_the_answer_to_a_handshake_proves_that_it_was_understood(
    deployment: Deployment, said: bytes, otherwise: bytes
) -> None:
    # Given the RFC's own example (section 1.3)
    request = (
        b"GET /api/v1/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    # When
    head = ask_until_there_is_room(deployment, request.replace(said, otherwise))
    # Then nothing is agreed to besides
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]
