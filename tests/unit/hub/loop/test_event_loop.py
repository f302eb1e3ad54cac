"""The loop, a poll at a time: descriptors that are closed and given out again are not taken for each other.

And a call that is left while it is about to wait wakes it.
"""

import os
import socket
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.unit.hub.conftest import FakeConnectionOwner
from web.hub.loop.event_loop import EventLoop
from web.hub.socket.connection import Connection
from web.hub.socket.ticket import Ticket


class ClosingOwner(FakeConnectionOwner):
    """Lets go of a connection's descriptor, as `Connections` does."""

    def __init__(self, loop: EventLoop) -> None:
        super().__init__()
        self._loop = loop

    def ended(self, connection: Connection) -> None:
        self._loop.unregister(connection)


class Scene:
    """Two connections that are both readable; whoever is served first ends the other, and a third one comes."""

    def __init__(self) -> None:
        self.loop = EventLoop(on_fault=lambda _: None)
        self.owner = ClosingOwner(self.loop)
        self.served: list[Connection] = []
        self.pairs = [socket.socketpair() for _ in range(3)]
        self.first, self.second = (self.connection(ours) for ours, _ in self.pairs[:2])
        self.third: Connection | None = None

    def connection(self, ours: socket.socket) -> Connection:
        ours.setblocking(False)
        made = Connection(ours, 1, Ticket("a", counted=False), self.owner)
        self.loop.register(made)
        return made

    def serve(self, connection: Connection, readable: bool, writable: bool) -> None:
        self.served.append(connection)
        if len(self.served) == 1:
            other = self.second if connection is self.first else self.first
            number = other.fd
            other.end()
            self.loop.call(lambda: self.come(number))
        else:
            self.loop.stop()

    def come(self, number: int) -> None:
        """A new socket gets the descriptor that has just become free."""
        ours = self.pairs[2][0]
        os.dup2(ours.fileno(), number)
        self.third = self.connection(socket.socket(fileno=number))
        self.loop.later(0.2, self.loop.stop)

    def close(self) -> None:
        for pair in self.pairs:
            for sock in pair:
                sock.close()
        if self.third is not None:
            self.third.sock.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.close()


def test_what_came_for_a_connection_that_is_gone_is_not_given_to_the_one_with_its_number(
    scene: Scene,
) -> None:
    # Given
    for _, theirs in scene.pairs[:2]:
        theirs.send(b"x")
    # When
    scene.loop.run(on_ready=scene.serve, on_second=lambda _: None)
    # Then: nobody has said anything to the third
    assert scene.third is not None
    assert scene.third not in scene.served


class InterruptedLoop(EventLoop):
    """Is left a call in the very moment when it has found none and will wait."""

    def _timeout(self, until: float) -> float:
        found = super()._timeout(until)
        self.call(self.stop)
        return found


def test_a_call_is_not_overlooked_when_it_comes_just_before_the_loop_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a loop that nothing else wakes for a minute
    monkeypatch.setattr("web.hub.loop.event_loop.SECOND", 60.0)
    loop = InterruptedLoop(on_fault=lambda _: None)
    thread = threading.Thread(
        target=partial(loop.run, on_ready=lambda *_: None, on_second=lambda _: None), daemon=True
    )
    # When
    thread.start()
    # Then
    thread.join(30)
    assert not thread.is_alive()
