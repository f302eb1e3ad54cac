"""One socket: what it queues, how it ends, what it hears."""

import socket
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.hub.client_frames import frame
from tests.unit.hub.conftest import FakeConnectionOwner
from web.hub.core.close_codes import CloseCode
from web.hub.socket.connection import INPUT_PER_SECOND, Connection, ConnectionState
from web.hub.socket.decoder import PingFrame, TextMessage
from web.hub.socket.frames import close_frame, pong_frame, text_frame
from web.hub.socket.send_buffer import BACKLOG_MAXIMUM, WRITE_DEADLINE_SECONDS

Pair = tuple[Connection, socket.socket]
CHUNK = text_frame(b"x" * 50_000)


def read_all(connection: Connection, peer: socket.socket) -> bytes:
    """Let the peer read to the end while the connection flushes."""
    data = b""
    while part := peer.recv(65536):
        data += part
        connection.flush()
    return data


def test_what_the_kernel_takes_leaves_no_backlog(pair: Pair, owner: FakeConnectionOwner) -> None:
    connection, peer = pair
    assert connection.offer(text_frame(b"hello"))
    assert peer.recv(100) == text_frame(b"hello")
    assert connection.backlog is None
    assert owner.told == []


def test_what_the_kernel_refuses_waits_and_goes_out_in_order(pair: Pair, owner: FakeConnectionOwner) -> None:
    # Given
    connection, peer = pair
    for letter in b"abc":
        assert connection.offer(text_frame(bytes([letter]) * 50_000))
    assert connection.writes
    assert 0 < connection.queued <= 150_012
    # When
    connection.close(CloseCode.RESTART)
    assert owner.told[0] == "reads True writes True"
    # Then: the frame that was begun is whole, the others are gone, the goodbye is last
    expected = text_frame(b"a" * 50_000) + close_frame(4001, CloseCode.RESTART.reason)
    assert read_all(connection, peer) == expected


def test_a_backlog_of_tiny_frames_is_kept_joined(pair: Pair) -> None:
    # Given
    connection, _ = pair
    while connection.backlog is None:
        connection.offer(CHUNK)
    # When
    before = connection.queued
    for _ in range(10_000):
        connection.offer(pong_frame(b""))
    # Then
    assert connection.queued == before + 20_000
    assert len(connection.backlog) < 10


def test_the_backlog_is_bounded_in_bytes(pair: Pair) -> None:
    connection, _ = pair
    while connection.offer(CHUNK):
        pass
    assert BACKLOG_MAXIMUM - len(CHUNK) < connection.queued <= BACKLOG_MAXIMUM
    connection.send_message({"type": "ping"})
    assert connection.is_open
    connection.send_message({"type": "error", "detail": "x" * 60_000})
    assert connection.state is ConnectionState.CLOSING


def test_a_peer_that_takes_nothing_is_stalled_after_the_deadline(pair: Pair) -> None:
    # Given
    connection, peer = pair
    for _ in range(4):
        connection.offer(CHUNK)
    now = monotonic()
    # Then
    assert not connection.is_stalled(now + WRITE_DEADLINE_SECONDS - 1)
    assert connection.is_stalled(now + WRITE_DEADLINE_SECONDS + 1)
    # When: it reads on
    before = connection.write_by
    while connection.queued > 50_000:
        peer.recv(65536)
        connection.flush()
    # Then
    assert connection.write_by > before


def test_a_peer_that_is_gone_ends_the_connection_once(pair: Pair, owner: FakeConnectionOwner) -> None:
    connection, peer = pair
    peer.close()
    connection.offer(CHUNK)
    connection.offer(CHUNK)
    connection.close(CloseCode.RESTART)
    assert connection.state is ConnectionState.ENDED
    assert owner.told == ["closing 1006", "ended"]


def test_a_close_half_closes_and_waits_for_the_peer(pair: Pair, owner: FakeConnectionOwner) -> None:
    connection, peer = pair
    connection.close(CloseCode.EXPIRED)
    assert peer.recv(100) == close_frame(4005, CloseCode.EXPIRED.reason)
    assert peer.recv(100) == b""
    # When: what it still says is not heard
    peer.sendall(frame(1, b"more") + frame(8))
    assert list(connection.receive()) == []
    peer.close()
    list(connection.receive())
    # Then
    assert owner.told == ["closing 4005", "ended"]


def test_the_peers_goodbye_is_answered_with_its_code(pair: Pair, owner: FakeConnectionOwner) -> None:
    connection, peer = pair
    connection.answer_close(3333)
    assert peer.recv(100) == close_frame(3333)
    assert peer.recv(100) == b""
    peer.close()
    list(connection.receive())
    assert owner.told == ["closing 1000", "ended"]


def test_messages_are_heard_and_a_decoder_is_kept_only_in_between(pair: Pair) -> None:
    connection, peer = pair
    whole = frame(1, b"hello")
    peer.sendall(whole + whole[:3])
    assert list(connection.receive()) == [TextMessage("hello")]
    assert connection.decoder is not None
    peer.sendall(whole[3:])
    assert list(connection.receive()) == [TextMessage("hello")]
    assert connection.decoder is None


def test_input_that_breaks_the_protocol_closes_with_its_code(pair: Pair, owner: FakeConnectionOwner) -> None:
    connection, peer = pair
    peer.sendall(frame(1, b"fine") + frame(2, b"binary"))
    assert list(connection.receive()) == [TextMessage("fine")]
    assert owner.told == ["closing 1003"]
    assert peer.recv(100) == close_frame(1003, CloseCode.UNSUPPORTED_DATA.reason)


def test_who_talks_too_much_is_not_heard_until_the_next_second(
    pair: Pair, owner: FakeConnectionOwner
) -> None:
    connection, peer = pair
    heard = 0
    while connection.reads:
        peer.sendall(frame(1, b"x" * 10_000))
        heard += len(list(connection.receive()))
    assert INPUT_PER_SECOND / 10_010 <= heard <= INPUT_PER_SECOND / 10_000 + 2
    assert list(connection.resume_input()) == []
    assert owner.told == ["reads False writes False", "reads True writes False"]


@pytest.mark.parametrize(("identity", "most"), [(None, 10), (SimpleNamespace(sites=None), 40)])
def test_of_many_small_frames_some_are_heard_each_second_and_none_is_lost(
    pair: Pair, owner: FakeConnectionOwner, identity: Any, most: int
) -> None:
    # Given
    connection, peer = pair
    connection.identity = identity
    peer.sendall(b"".join(frame(1, b"%d" % place) for place in range(100)) + frame(0x9, b"") * 50)
    # When
    seconds = [list(connection.receive())]
    assert not connection.reads
    while connection.paused:
        seconds.append(list(connection.resume_input()))
    # Then
    assert all(len(heard) == most for heard in seconds[:-1])
    heard = [one for second in seconds for one in second]
    assert heard == [TextMessage(str(place)) for place in range(100)] + [PingFrame(b"")] * 50
    assert connection.decoder is None
    assert owner.told == ["reads False writes False", "reads True writes False"]


def test_fragments_of_no_message_count_as_well(pair: Pair) -> None:
    connection, peer = pair
    peer.sendall(frame(1, b"", fin=False) + frame(0, b"", fin=False) * 100)
    assert list(connection.receive()) == []
    assert not connection.reads


def test_nothing_is_read_while_it_is_found_out_who_it_is(pair: Pair) -> None:
    connection, _ = pair
    connection.state = ConnectionState.AUTHENTICATING
    assert not connection.reads


def test_a_connection_at_rest_is_small(pair: Pair) -> None:
    connection, _ = pair
    with pytest.raises(AttributeError):
        connection.__dict__  # noqa: B018 - its absence is what is tested
    assert connection.__sizeof__() < 400
