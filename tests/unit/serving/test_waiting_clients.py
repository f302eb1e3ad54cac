"""Who gives way where too many wait, or all of them hold too much."""

import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore

import pytest
from gunicorn.config import Config

from web.serving import waiting_clients
from web.serving.client_connection import ClientConnection, Stage
from web.serving.client_socket import ClientSocket
from web.serving.incoming_request import IncomingRequest
from web.serving.waiting_clients import WaitingClients

Come = Callable[[Stage, bytes], ClientConnection]


@pytest.fixture
def waiting() -> WaitingClients:
    return WaitingClients(lambda conn, sock: None)


@pytest.fixture
def poller() -> Iterator[selectors.BaseSelector]:
    with selectors.DefaultSelector() as made:
        yield made


@pytest.fixture
def come(waiting: WaitingClients, poller: selectors.BaseSelector) -> Iterator[Come]:
    """Let a client wait, of whom these bytes have come."""
    with ExitStack() as stack:

        def make(stage: Stage, sent: bytes = b"") -> ClientConnection:
            ours, theirs = map(stack.enter_context, socket.socketpair())
            sock = stack.enter_context(ClientSocket(ours, BoundedSemaphore()))
            stack.enter_context(theirs)
            conn = ClientConnection(sock, ("192.0.2.1", 1), None, IncomingRequest(Config(), None))
            conn.incoming.feed(sent)
            waiting.enter(poller, conn, stage, 10)
            return conn

        yield make


def test_whoever_never_finished_a_request_gives_way_before_whoever_rests(
    waiting: WaitingClients, poller: selectors.BaseSelector, come: Come
) -> None:
    # Given
    resting, flushing = come(Stage.RESTING, b""), come(Stage.FLUSHING, b"")
    first, second = come(Stage.READING, b""), come(Stage.READING, b"P")
    lingering = come(Stage.LINGERING, b"")
    # When
    order = []
    while (conn := waiting.oldest()) is not None:
        order.append(conn)
        waiting.leave(poller, conn)
    # Then
    assert order == [lingering, first, second, flushing, resting]


def test_whoever_holds_most_gives_way_where_all_hold_too_much(
    waiting: WaitingClients,
    poller: selectors.BaseSelector,
    come: Come,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given
    monkeypatch.setattr(waiting_clients, "HELD_MAXIMUM_BYTES", 100)
    small, large = come(Stage.READING, b"x" * 20), come(Stage.READING, b"x" * 70)
    assert waiting.measure(small) is waiting.measure(large) is None
    # When
    small.incoming.feed(b"x" * 20)
    # Then
    assert waiting.measure(small) is large
    waiting.leave(poller, large)
    assert waiting.measure(small) is None


def test_whoever_left_holds_nothing(
    waiting: WaitingClients, poller: selectors.BaseSelector, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(waiting_clients, "HELD_MAXIMUM_BYTES", 100)
    gone = come(Stage.READING, b"x" * 90)
    assert waiting.measure(gone) is None
    # When
    waiting.leave(poller, gone)
    assert waiting.measure(gone) is None
    # Then
    assert waiting.measure(come(Stage.READING, b"x" * 90)) is None
