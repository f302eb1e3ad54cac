"""Pings, pongs and ends of tokens, by a clock that the test moves."""

import json
import socket
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from tests.unit.hub.conftest import FakeConnectionOwner
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat, Intervals
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.frames import payload_of

Pair = tuple[Connection, socket.socket]


@pytest.fixture
def context() -> Iterator[HubContext]:
    made = HubContext()
    made.epoch = "e1"
    made.tail.restart(42, [])
    yield made
    made.helper_pool.shutdown()


@pytest.fixture
def heartbeat(context: HubContext) -> Heartbeat:
    return Heartbeat(context, Intervals())


def pass_time(heartbeat: Heartbeat, seconds: int, done: Callable[[], bool]) -> float:
    """Tick once a second until done; return the seconds it took."""
    start = monotonic()
    for second in range(1, seconds + 1):
        heartbeat.tick(start + second)
        if done():
            return second
    raise AssertionError(f"nothing within {seconds} s")


def test_who_never_says_who_they_are_is_closed_after_ten_seconds(
    heartbeat: Heartbeat, pair: Pair, owner: FakeConnectionOwner
) -> None:
    connection, _ = pair
    heartbeat.expect_authentication(connection)
    assert 10 <= pass_time(heartbeat, 15, lambda: "closing 4500" in owner.told) <= 12


def test_who_is_not_looked_at_in_time_is_asked_to_come_back(
    heartbeat: Heartbeat, pair: Pair, owner: FakeConnectionOwner
) -> None:
    connection, _ = pair
    connection.state = ConnectionState.AUTHENTICATING
    heartbeat.expect_authentication(connection)
    assert 10 <= pass_time(heartbeat, 15, lambda: "closing 4001" in owner.told) <= 12


def test_a_ping_says_head_and_epoch_and_a_pong_keeps_the_connection(heartbeat: Heartbeat, pair: Pair) -> None:
    # Given
    connection, peer = pair
    connection.state = ConnectionState.LIVE
    heartbeat.begin(connection)
    pings = 0
    # When
    for second in range(1, 301):
        heartbeat.tick(monotonic() + second)
        if connection.ping_state == 1:
            message = json.loads(payload_of(peer.recv(1000)))
            pings += 1
            heartbeat.answered(connection)
    # Then
    assert message == {"type": "ping", "head": 42, "epoch": "e1"}
    assert 11 <= pings <= 13
    assert connection.is_open


def test_a_dead_peer_is_gone_within_fifty_seconds(
    heartbeat: Heartbeat, pair: Pair, owner: FakeConnectionOwner
) -> None:
    connection, _ = pair
    connection.state = ConnectionState.IDLE
    heartbeat.begin(connection)
    assert pass_time(heartbeat, 60, lambda: "closing 4012" in owner.told) <= 50


def test_a_connection_ends_with_its_token_and_not_before(
    heartbeat: Heartbeat, pair: Pair, owner: FakeConnectionOwner
) -> None:
    # Given
    connection, _ = pair
    connection.state = ConnectionState.LIVE
    connection.expires = monotonic() + 3
    heartbeat.begin(connection)
    # Then
    assert 3 <= pass_time(heartbeat, 6, lambda: "closing 4005" in owner.told) <= 5


def test_a_token_renewed_in_time_moves_the_end(
    heartbeat: Heartbeat, pair: Pair, owner: FakeConnectionOwner
) -> None:
    # Given
    connection, _ = pair
    connection.state = ConnectionState.LIVE
    connection.expires = monotonic() + 3
    heartbeat.begin(connection)
    # When
    connection.expires = monotonic() + 9
    heartbeat.token_renewed(connection)
    # Then
    assert 9 <= pass_time(heartbeat, 12, lambda: "closing 4005" in owner.told) <= 11
