"""However often clients ask, few reads of the database are under way, and none for nobody."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from complaints.events.event_feed import Head
from tests.unit.hub.conftest import FakeConnectionOwner, MakeEncodedEvent
from web.hub.loop.context import HubContext
from web.hub.relay.replay import Replayer
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.ticket import Ticket
from web.hub.stream.history import ReplayPage


class FakeLoop:
    """Runs everything at once, but what is for later when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def call(self, function: Callable[[], object]) -> None:
        function()

    def later(self, _seconds: float, function: Callable[[], object]) -> None:
        self.waiting.append(function)

    def guard(self, _connection: Connection, function: Callable[[], object]) -> None:
        function()


class Desk:
    """A replayer whose reads are done, or fail, when the test says so."""

    def __init__(self) -> None:
        self.context: Any = HubContext()
        self.loop = self.context.loop = FakeLoop()
        self.jobs: list[tuple[Callable[[], Any], Callable[[Any], object], Callable[[], object]]] = []
        self.context.run_in_helper = lambda *job: self.jobs.append(job)
        self.context.epoch = "now"
        self.context.tail.restart(10_000, [])
        self.places: list[int] = []
        self.replayer = Replayer(
            self.context,
            read_head=lambda: Head("now", 10_000),
            read_page=self.read_page,
            follow=lambda: None,
            limit=100_000,
        )

    def read_page(self, _epoch: str, after: int) -> ReplayPage:
        self.places.append(after)
        return ReplayPage(broken=True)

    def do_one(self) -> None:
        job, done, _ = self.jobs.pop(0)
        done(job())

    def fail_one(self) -> None:
        self.jobs.pop(0)[2]()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def connect(owner: FakeConnectionOwner) -> Iterator[Callable[[], Connection]]:
    pairs: list[tuple[socket.socket, socket.socket]] = []

    def make() -> Connection:
        pairs.append(socket.socketpair())
        pairs[-1][0].setblocking(False)
        return Connection(pairs[-1][0], len(pairs), Ticket("a", counted=False), owner)

    yield make
    for pair in pairs:
        for one in pair:
            one.close()


Connect = Callable[[], Connection]
FOREIGN = Subscribe(after=None, epoch="then")


def test_a_flood_of_foreign_wishes_is_one_look_at_the_head_at_a_time(desk: Desk, connect: Connect) -> None:
    # Given
    connections = [connect() for _ in range(5)]
    # When
    for _ in range(100):
        for connection in connections:
            desk.replayer.subscribe(connection, FOREIGN)
    # Then: the second one, for all that came after the first had begun
    assert len(desk.jobs) == 1
    desk.do_one()
    assert len(desk.jobs) == 1
    desk.do_one()
    assert desk.jobs == []
    assert {connection.state for connection in connections} == {ConnectionState.LIVE}
    assert desk.context.counters.resyncs == len(connections)


def test_a_flood_of_old_cursors_is_one_page_at_a_time_for_each_connection(
    desk: Desk, connect: Connect
) -> None:
    # Given
    connection = connect()
    # When
    for after in range(100):
        desk.replayer.subscribe(connection, Subscribe(after=after, epoch="now"))
    # Then: of all the wishes the first was being read already, and the last is the one that counts
    assert len(desk.jobs) == 1
    while desk.jobs:
        desk.do_one()
    assert desk.places == [0, 99]
    assert connection.state is ConnectionState.LIVE


def test_those_who_stand_at_the_same_place_share_a_page(desk: Desk, connect: Connect) -> None:
    connections = [connect() for _ in range(5)]
    for connection in connections:
        desk.replayer.subscribe(connection, Subscribe(after=7, epoch="now"))
    while desk.jobs:
        desk.do_one()
    assert desk.places == [7]
    assert {connection.state for connection in connections} == {ConnectionState.LIVE}


@pytest.mark.parametrize("wish", [FOREIGN, Subscribe(after=7, epoch="now")])
def test_while_the_database_is_away_it_is_asked_again_for_who_still_waits_and_for_nobody_else(
    desk: Desk, connect: Connect, wish: Subscribe
) -> None:
    # Given
    gone, staying = connect(), connect()
    for connection in (gone, staying):
        desk.replayer.subscribe(connection, wish)
    desk.replayer.forget(gone)
    desk.fail_one()
    assert desk.jobs == []
    # When
    while desk.loop.waiting:
        desk.loop.waiting.pop()()
    while desk.jobs:
        desk.do_one()
    # Then
    assert staying.state is ConnectionState.LIVE
    # When nobody waits any more
    desk.replayer.subscribe(staying, wish)
    desk.replayer.forget(staying)
    desk.fail_one()
    while desk.loop.waiting:
        desk.loop.waiting.pop()()
    # Then
    assert desk.jobs == []


def test_who_was_sent_more_than_this_process_knows_is_told_of_new_rights_once_it_does(
    desk: Desk, connect: Connect, make_encoded_event: MakeEncodedEvent
) -> None:
    # Given: a cursor ahead of this process, in order with the table
    connection = connect()
    desk.replayer.subscribe(connection, Subscribe(after=10_001, epoch="now"))
    # When
    desk.replayer.rights_changed(connection)
    desk.jobs.clear()
    desk.replayer._checked(connection, connection.replay, Head("now", 10_001))
    # Then
    assert desk.context.counters.resyncs == 0
    # When
    desk.context.tail.append(make_encoded_event(10_001))
    desk.replayer.head_moved()
    # Then
    assert desk.context.counters.resyncs == 1
    assert connection.state is ConnectionState.LIVE
