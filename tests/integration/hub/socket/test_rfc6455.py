"""RFC 6455 at a real socket: each case of the tables, and what only a connection can get wrong."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from wsproto.frame_protocol import Opcode

from tests.integration.hub.harness import Deployment
from tests.integration.hub.raw import RawSocket
from tests.unit.hub.client_frames import BAD, CLOSE, GOOD, PING, TEXT, frame, goodbye
from web.hub.socket.decoder import CloseFrame, PingFrame, Received


@pytest.fixture
def raw(deployment: Deployment) -> Iterator[RawSocket]:
    """A welcomed socket of an operator of its own."""
    with RawSocket(deployment.port, Authorization=f"Bearer {deployment.token()}") as made:
        assert next(made.frames())[0] is Opcode.TEXT
        yield made


def answer_to(received: Received) -> tuple[Opcode, Any]:
    """Return the answer as `short` has it."""
    if isinstance(received, PingFrame):
        return Opcode.PONG, received.payload
    return (Opcode.CLOSE, received.code) if isinstance(received, CloseFrame) else (Opcode.TEXT, "error")


def short(opcode: Opcode, payload: bytes) -> tuple[Opcode, Any]:
    """Return what matters: of a goodbye its code, of a message its type."""
    if opcode is Opcode.CLOSE:
        return opcode, struct.unpack("!H", payload[:2])[0] if payload else None
    return opcode, json.loads(payload)["type"] if opcode is Opcode.TEXT else payload


@pytest.mark.parametrize("name", GOOD)
def test_what_is_well_formed_is_answered(raw: RawSocket, name: str) -> None:
    data, expected = GOOD[name]
    heard = [short(*one) for one in raw.hear_all(data)]
    assert heard == [answer_to(received) for received in expected]


@pytest.mark.parametrize("name", BAD)
def test_what_must_not_be_ends_with_a_close_frame_and_nothing_after_it(raw: RawSocket, name: str) -> None:
    data, code = BAD[name]
    # When
    raw.sock.sendall(data)
    # Then: what was whole before it is answered
    *before, last = [short(*one) for one in raw.frames()]
    assert last == (Opcode.CLOSE, code)
    assert {opcode for opcode, _ in before} <= {Opcode.TEXT}


@pytest.mark.parametrize("name", ["control frames among fragments", "UTF-8 in fragments of a byte"])
def test_a_byte_at_a_time_is_answered_the_same(raw: RawSocket, name: str) -> None:
    data, expected = GOOD[name]
    for byte in data:
        raw.sock.sendall(bytes([byte]))
    assert [short(*one) for one in raw.hear_all(b"")] == [answer_to(received) for received in expected]


@pytest.mark.parametrize(
    "after", [frame(TEXT, b"more"), frame(PING, b"?"), goodbye(1001), frame(CLOSE), b"\xff" * 40_000]
)
def test_nothing_after_a_close_frame_is_heard(raw: RawSocket, after: bytes) -> None:
    # When
    raw.sock.sendall(goodbye(1000) + after)
    # Then
    assert [short(*one) for one in raw.frames()] == [(Opcode.CLOSE, 1000)]


def test_no_extension_is_agreed_to(deployment: Deployment) -> None:
    # When
    with RawSocket(
        deployment.port,
        Authorization=f"Bearer {deployment.token()}",
        Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits",
    ) as raw:
        # Then: nobody is told so, nor does any frame carry its bit, which wsproto would refuse
        assert b"extensions" not in raw.response.lower()
        assert next(raw.frames())[0] is Opcode.TEXT
