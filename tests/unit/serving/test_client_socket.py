"""Writing to a client waits for nobody, up to a bound; beyond it some threads wait, for a time."""

import socket
from collections.abc import Iterator
from threading import BoundedSemaphore, Thread

import pytest

from web.serving import client_socket
from web.serving.client_socket import BACKLOG_MAXIMUM_BYTES, ClientSocket, ReaderTooSlow

SHORT = b"x" * BACKLOG_MAXIMUM_BYTES
LONG = b"x" * (BACKLOG_MAXIMUM_BYTES * 4)


@pytest.fixture
def waiting_threads() -> BoundedSemaphore:
    return BoundedSemaphore(1)


@pytest.fixture
def pair(waiting_threads: BoundedSemaphore) -> Iterator[tuple[ClientSocket, socket.socket]]:
    """Our end, and the peer that reads nothing of itself."""
    ours, theirs = socket.socketpair()
    client = ClientSocket(ours, waiting_threads)
    with client, theirs:
        yield client, theirs


def read_to_end(peer: socket.socket, found: bytearray) -> None:
    while data := peer.recv(65_536):
        found += data


def test_what_the_kernel_does_not_take_is_kept_and_sent_once_it_does(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    # Given
    client, peer = pair
    client.sendall(b"first ")
    client.sendall(SHORT)
    client.sendall(b" last")
    assert client.backlog
    # When
    found = bytearray()
    while client.backlog:
        assert not client.send_backlog() or peer.recv_into(bytearray(1), 1, socket.MSG_PEEK)
        found += peer.recv(1 << 20)
    client.shutdown(socket.SHUT_WR)
    read_to_end(peer, found)
    # Then
    assert found == b"first " + SHORT + b" last"


def test_a_longer_answer_waits_for_its_reader(pair: tuple[ClientSocket, socket.socket]) -> None:
    # Given
    client, peer = pair
    found = bytearray()
    reader = Thread(target=read_to_end, args=(peer, found))
    reader.start()
    # When
    client.sendall(LONG)
    while client.backlog:
        client.send_backlog()
    client.shutdown(socket.SHUT_WR)
    reader.join()
    # Then
    assert found == LONG


def test_a_reader_that_has_stopped_is_waited_for_no_longer_than_so_long(
    pair: tuple[ClientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_socket, "STALL_SECONDS", 0.01)
    with pytest.raises(ReaderTooSlow):
        pair[0].sendall(LONG)


def test_no_more_threads_wait_than_may(
    pair: tuple[ClientSocket, socket.socket], waiting_threads: BoundedSemaphore
) -> None:
    with waiting_threads, pytest.raises(ReaderTooSlow):
        pair[0].sendall(LONG)
    assert waiting_threads.acquire(blocking=False)


def test_a_peer_that_is_gone_is_an_error(pair: tuple[ClientSocket, socket.socket]) -> None:
    client, peer = pair
    peer.close()
    with pytest.raises(OSError, match="Broken pipe"):
        client.sendall(b"x")
