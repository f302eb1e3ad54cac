"""A fault of ours costs the connection it happened in; what kills the loop is seen from outside."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from time import monotonic

import pytest

from tests.unit.hub.conftest import FakeConnectionOwner, MakeEncodedEvent
from web.hub.core.close_codes import CloseCode
from web.hub.core.measurements import LagHistogram
from web.hub.loop.context import HELPERS, HubContext
from web.hub.relay.fanout import Fanout
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.frames import close_frame
from web.hub.socket.ticket import Ticket


class SpoiledConnection(Connection):
    """Raises where no connection should."""

    __slots__ = ()

    def offer(self, frames: bytes) -> bool:
        if self.is_open:
            raise RuntimeError("spoiled")
        return super().offer(frames)


def serve(connection: Connection, readable: bool, writable: bool) -> None:
    for received in connection.receive():
        raise RuntimeError(f"can't serve {received}")


@pytest.fixture
def context() -> Iterator[HubContext]:
    made = HubContext()
    yield made
    made.helper_pool.shutdown()
    made.redis_thread.shutdown()


@pytest.fixture
def peers() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(3)]
        for ours, theirs in pairs:
            stack.enter_context(ours)
            stack.enter_context(theirs)
            ours.setblocking(False)
            theirs.settimeout(10)
        yield pairs


def test_a_fault_while_sending_to_one_leaves_the_others_served(
    context: HubContext,
    peers: list[tuple[socket.socket, socket.socket]],
    owner: FakeConnectionOwner,
    make_encoded_event: MakeEncodedEvent,
) -> None:
    # Given
    for number, (ours, _) in enumerate(peers):
        kind = SpoiledConnection if number == 1 else Connection
        connection = kind(ours, number, Ticket("a", counted=False), owner)
        connection.state = ConnectionState.LIVE
        connection.identity = type("Anybody", (), {"sites": None})()  # type: ignore[assignment]
        context.subscribers.add(connection)
    fanout = Fanout(context, LagHistogram(monotonic()), lambda connection, cursor: None)
    encoded = make_encoded_event(1)
    # When
    fanout.deliver([encoded])
    # Then
    assert [theirs.recv(10_000) for _, theirs in peers] == [
        encoded.frame,
        close_frame(1011, CloseCode.INTERNAL_ERROR.reason),
        encoded.frame,
    ]
    assert context.counters.faults == 1


def test_a_fault_while_hearing_one_does_not_stop_the_loop(
    context: HubContext, peers: list[tuple[socket.socket, socket.socket]], owner: FakeConnectionOwner
) -> None:
    # Given
    (ours, theirs), (other, their_other) = peers[:2]
    connections = [Connection(sock, 1, Ticket("a", counted=False), owner) for sock in (ours, other)]
    for connection in connections:
        context.loop.register(connection)
    thread = threading.Thread(target=partial(context.loop.run, on_ready=serve, on_second=lambda now: None))
    thread.start()
    # When
    theirs.sendall(b"\x81\x80\0\0\0\0")
    # Then
    assert theirs.recv(100) == close_frame(1011, CloseCode.INTERNAL_ERROR.reason)
    context.loop.call(lambda: connections[1].send_message({"type": "ping"}))
    assert b"ping" in their_other.recv(100)
    context.loop.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert their_other.recv(100) == b""


def test_whatever_ends_the_loop_ends_every_connection(
    context: HubContext, peers: list[tuple[socket.socket, socket.socket]], owner: FakeConnectionOwner
) -> None:
    # Given
    ours, theirs = peers[0]
    context.loop.register(Connection(ours, 1, Ticket("a", counted=False), owner))
    context.loop.call(lambda: 1 / 0)
    # When
    with pytest.raises(ZeroDivisionError):
        context.loop.run(on_ready=serve, on_second=lambda now: None)
    # Then
    assert theirs.recv(100) == b""
    assert owner.told == ["closing 1006", "ended"]


def test_a_redis_that_hangs_keeps_no_helper_from_serving(context: HubContext) -> None:
    # Given
    answers, served = threading.Event(), threading.Event()
    for _ in range(HELPERS + 1):
        context.run_in_redis_thread(lambda: answers.wait(20), lambda _: None, lambda: None)
    # When
    context.run_in_helper(served.set, lambda _: None, lambda: None)
    # Then
    assert served.wait(10)
    answers.set()
