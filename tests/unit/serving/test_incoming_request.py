"""Bytes become requests, the same ones however the network cuts them."""

import itertools

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from hypothesis import given
from hypothesis import strategies as st

from web.serving.body_content import BodyContent
from web.serving.incoming_request import IncomingRequest
from web.serving.request_body import ChunkedBody
from web.serving.request_refusals import BodyTooLarge, ChunksBroken

PLAIN = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
SIZED = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
    b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\n\r\n"
)
STREAM = PLAIN + SIZED + b"\r\n" + CHUNKED + PLAIN + b"\r\n"
REQUESTS = [("/a", b""), ("/b", b"hello"), ("/c", b"hello world"), ("/a", b"")]


def read(incoming: IncomingRequest) -> list[tuple[str, bytes]]:
    """Take all requests that are whole."""
    found = []
    while incoming.begun and (request := incoming.take()) is not None:
        found.append((request.path, request.body.read()))
    return found


@given(st.sets(st.integers(1, len(STREAM) - 1), max_size=8))
def test_requests_are_the_same_wherever_the_stream_is_cut(cuts: set[int]) -> None:
    # Given
    incoming = IncomingRequest(Config(), ("192.0.2.1", 1))
    edges = [0, *sorted(cuts), len(STREAM)]
    # When
    found = []
    for start, end in itertools.pairwise(edges):
        incoming.feed(STREAM[start:end])
        found += read(incoming)
    # Then
    assert found == REQUESTS
    assert not incoming.begun


@given(st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_of_noise(noise: bytes) -> None:
    incoming = IncomingRequest(Config(), ("192.0.2.1", 1))
    incoming.feed(noise)
    try:
        assert read(incoming) == []
    except ParseException:
        return


def test_chunks_are_handed_on_as_a_body_of_known_length() -> None:
    incoming = IncomingRequest(Config(), ("192.0.2.1", 1))
    incoming.feed(CHUNKED)
    request = incoming.take()
    assert request is not None
    assert request.headers == [("HOST", "x"), ("CONTENT-LENGTH", "11")]


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 9))
def test_chunks_are_put_together(parts: list[bytes], step: int) -> None:
    # Given
    sent = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\nrest"
    body, incoming, whole = ChunkedBody(), bytearray(), False
    # When
    for start in range(0, len(sent), step):
        incoming += sent[start : start + step]
        whole = whole or body.take(incoming)
    # Then
    assert whole
    assert body.content.as_file().read() == b"".join(parts)
    assert incoming == b"rest"


@given(st.binary(max_size=60))
def test_noise_in_chunks_is_broken_or_unfinished_or_a_body(noise: bytes) -> None:
    try:
        ChunkedBody().take(bytearray(noise))
    except (ChunksBroken, BodyTooLarge):
        return


def test_no_more_is_kept_than_a_body_may_have() -> None:
    # Given
    body = ChunkedBody(BodyContent(10))
    body.take(bytearray(b"a\r\n0123456789\r\n"))
    # When, Then
    with pytest.raises(BodyTooLarge):
        body.take(bytearray(b"1\r\n"))
    assert body.content.size == 10
