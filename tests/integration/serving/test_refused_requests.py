"""What never reaches the application is answered as everything is: a problem with the request's id."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.hub.harness import Deployment, wait_until
from tests.integration.serving.conftest import Serve
from tests.integration.serving.wire import COMPLAINT, Answer, Wire, post, submission
from web.http.response_headers import HEADERS, HTTPS_HEADERS
from web.uploads.body_limits import MAXIMUM_BODY_BYTES

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
CHUNKED = post("Transfer-Encoding: chunked")
LARGE = MAXIMUM_BODY_BYTES + 1


def chunks(*sizes: int) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (size, b" " * size) for size in sizes)


def framed(*headers: str) -> bytes:
    return post(*headers) + COMPLAINT


REFUSED = {
    "no request at all": (b"\x16\x03\x01\x02\x00\r\n\r\n", 400, "malformed"),
    "a bare line feed": (b"GET /healthz HTTP/1.1\nHost: x\n\n", 400, "malformed"),
    "no version": (b"GET /healthz\r\n\r\n", 400, "malformed"),
    "a version that is none": (b"GET /healthz HTTP/9\r\n\r\n", 400, "malformed"),
    "HTTP/2 unasked": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed"),
    "a method that is none": (b"g@t /healthz HTTP/1.1\r\n\r\n", 400, "malformed"),
    "a space in a header's name": (GET + b"X Y: z\r\n\r\n", 400, "malformed"),
    "a header without a colon": (GET + b"X\r\n\r\n", 400, "malformed"),
    "a folded header": (GET + b"X: y\r\n z\r\n\r\n", 400, "malformed"),
    "a control character": (GET + b"X: \x01\r\n\r\n", 400, "malformed"),
    "two hosts": (GET + b"Host: y\r\n\r\n", 400, "malformed"),
    "a length that is none": (framed("Content-Length: 5x"), 400, "malformed"),
    "a length below zero": (framed("Content-Length: -1"), 400, "malformed"),
    "two lengths": (framed("Content-Length: 36", "Content-Length: 36"), 400, "malformed"),
    "a length and chunks": (framed("Content-Length: 36", "Transfer-Encoding: chunked"), 400, "malformed"),
    "chunked twice": (framed("Transfer-Encoding: chunked, chunked"), 400, "malformed"),
    "an address that is too long": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
    "an address without an end": (b"GET /" + b"a" * 9000, 414, "uri_too_long"),
    "a header that is too long": (GET + b"X: " + b"y" * 9000 + b"\r\n\r\n", 431, "headers_too_large"),
    "too many headers": (GET + b"X: y\r\n" * 200 + b"\r\n", 431, "headers_too_large"),
    "headers without an end": (GET + (b"X: " + b"y" * 900 + b"\r\n") * 90, 431, "headers_too_large"),
    "an unknown expectation": (framed("Content-Length: 36", "Expect: magic"), 417, "expectation_failed"),
    "an unknown coding": (framed("Transfer-Encoding: magic"), 501, "transfer_coding_unknown"),
    "a compressed transfer": (framed("Transfer-Encoding: gzip, chunked"), 415, "unsupported_media_type"),
    "the same by its old name": (framed("Transfer-Encoding: x-gzip, chunked"), 415, "unsupported_media_type"),
    "a newer compression": (framed("Transfer-Encoding: br, chunked"), 415, "unsupported_media_type"),
    "a chunk's size that is none": (CHUNKED + b"xyz\r\n", 400, "malformed"),
    "a chunk's size below zero": (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", 400, "malformed"),
    "a chunk's size written otherwise": (CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", 400, "malformed"),
    "no size at all": (CHUNKED + b"\r\n", 400, "malformed"),
    "a chunk longer than it says": (CHUNKED + b"2\r\nhello\r\n0\r\n\r\n", 400, "malformed"),
    "a chunk's line without an end": (CHUNKED + b"5;" + b"x" * 9000, 400, "malformed"),
    "a bare carriage return in a chunk's line": (CHUNKED + b"5;a\rb\r\nhello\r\n0\r\n\r\n", 400, "malformed"),
    "a chunk's size that ends in a bare line feed": (CHUNKED + b"5\nhello\n0\n\n", 400, "malformed"),
    "a text in place of chunks": (CHUNKED + b'{"description": "x"}', 400, "malformed"),
    "a chunk longer than it says, without an end": (CHUNKED + b"2\r\nhello", 400, "malformed"),
    "a trailer that ends in a bare line feed": (CHUNKED + b"0\r\nX: y\n\n", 400, "malformed"),
    "a trailer that is none": (CHUNKED + b"0\r\nnothing\r\n\r\n", 400, "malformed"),
    "chunks that stop": (CHUNKED + b"5\r\nhel", 400, "malformed"),
    "a body that stops": (framed("Content-Length: 100"), 400, "malformed"),
    "a head that stops": (b"GET /healthz HTTP/1.1\r\nHost", 400, "malformed"),
    "a large body": (post(f"Content-Length: {LARGE}") + b" " * LARGE, 413, "too_large"),
    "a body beyond numbers": (post("Content-Length: " + "9" * 40), 413, "too_large"),
    "a large body where leave is asked": (
        post(f"Content-Length: {LARGE}", "Expect: 100-continue"),
        413,
        "too_large",
    ),
    "one large chunk": (CHUNKED + b"%x\r\n" % LARGE, 413, "too_large"),
    "a chunk beyond numbers": (CHUNKED + b"f" * 16 + b"\r\n", 413, "too_large"),
    "chunks that are large together": (CHUNKED + chunks(*[65_536] * 5), 413, "too_large"),
    "more wrapping than anybody needs": (
        CHUNKED + (b"1;" + b"x" * 4000 + b"\r\n \r\n") * 20,
        413,
        "too_large",
    ),
}
ENCODED = ("gzip", "br", "deflate", "GZIP", "identity, zstd", "unheard-of")


def check(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert answer.headers["Connection"] == "close"
    assert answer.headers["Cache-Control"] == "no-store"
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_read_is_a_problem(server: Deployment, sent: bytes, status: int, code: str) -> None:
    # When
    with Wire(server.port) as wire:
        answer = wire.ask(sent)
        # Then
        check(answer, status, code)
        assert wire.is_ended()


@pytest.mark.parametrize("coding", ENCODED)
def test_a_compressed_body_is_refused_and_the_answer_says_what_is_taken(
    server: Deployment, coding: str
) -> None:
    with Wire(server.port) as wire:
        answer = wire.ask(framed(f"Content-Length: {len(COMPLAINT)}", f"Content-Encoding: {coding}"))
    assert (answer.status, answer.problem["code"]) == (415, "unsupported_media_type")
    assert answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("size", [1, 5, 36])
def test_a_body_in_chunks_is_a_body(server: Deployment, size: int) -> None:
    parts = [COMPLAINT[start : start + size] for start in range(0, len(COMPLAINT), size)]
    body = b"".join(b'%x ;name="value"\r\n%b\r\n' % (len(part), part) for part in parts)
    with Wire(server.port) as wire:
        for end in (b"0\r\n\r\n", b"000\r\nX-Trailer: y\r\n\r\n"):
            wire.say(CHUNKED + body + end)
            assert wire.hear().status == 201


def test_a_client_that_sends_a_large_body_first_and_reads_then_reads_why(server: Deployment) -> None:
    for _ in range(5):
        with Wire(server.port) as wire:
            wire.say(post(f"Content-Length: {LARGE * 8}") + b" " * LARGE * 8)
            check(wire.hear(), 413, "too_large")


def test_the_id_that_a_request_offers_is_kept_where_it_could_be_read(server: Deployment) -> None:
    with Wire(server.port) as wire:
        answer = wire.ask(post(f"Content-Length: {LARGE}", "X-Request-ID: mine-1"))
    assert answer.problem["request_id"] == "mine-1"


def test_nobody_says_for_others_where_the_application_is(server: Deployment) -> None:
    with Wire(server.port) as wire:
        assert wire.ask(GET + b"SCRIPT_NAME: /elsewhere\r\n\r\n").status == 200


@pytest.mark.parametrize("path", ["//evil.example/a", "//", "/api//v1/complaints", "http://evil.example//a"])
def test_nobody_is_sent_to_what_a_request_calls_us(server: Deployment, path: str) -> None:
    with Wire(server.port) as wire:
        answer = wire.ask(f"GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode())
    assert answer.status in (200, 404)
    assert answer.headers["Location"] is None


def test_an_address_of_https_is_remembered_on_every_answer(serve: Serve) -> None:
    safe = serve(PUBLIC_URL="https://redress.example.org")
    for sent in (submission(), GET + b"\r\n", b"nonsense\r\n\r\n", post("Content-Length: 2") + b"{}"):
        with Wire(safe.port) as wire:
            answer = wire.ask(sent)
        assert answer.headers["Strict-Transport-Security"] == HTTPS_HEADERS["Strict-Transport-Security"]


@pytest.fixture
def logged(serve: Serve, tmp_path: Path) -> tuple[Deployment, Path]:
    """A gunicorn of one thread, and what it logs."""
    output = tmp_path / "log"
    return serve("--threads", "1", output=output, LOG_LEVEL="INFO"), output


def lines(output: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in output.read_text().splitlines() if line.startswith("{"))


def test_a_fault_outside_the_application_is_a_problem_too_and_logged_under_its_id(
    serve: Serve, tmp_path: Path
) -> None:
    # Given: a thread that has served a request already
    failing = serve(
        "-c", "tests/integration/serving/failing_conf.py", "--threads", "1", output=tmp_path / "log"
    )
    with Wire(failing.port) as wire:
        wire.say(post(f"Content-Length: {len(COMPLAINT)}", "X-Request-ID: the-first") + COMPLAINT)
        assert wire.hear().status == 201
        # When
        answer = wire.ask(b"GET /broken HTTP/1.1\r\nHost: x\r\nX-Request-ID: the-second\r\n\r\n")
    # Then
    check(answer, 500, "internal")
    assert answer.problem["request_id"] == "the-second"
    wait_until(lambda: any(line["event"] == "request_refused" for line in lines(tmp_path / "log")))
    told = [line for line in lines(tmp_path / "log") if line["level"] in ("warning", "error")]
    assert {line["event"] for line in told if line.get("request_id") == "the-second"} == {
        "request_failed_outside_the_application",
        "request_refused",
    }
    assert not [line for line in told if line.get("request_id") == "the-first"]


def test_what_is_logged_of_a_request_carries_its_id_and_not_that_of_the_one_before(
    logged: tuple[Deployment, Path],
) -> None:
    # Given: a request that is served, on the same connection and by the same thread
    server, output = logged
    with Wire(server.port) as wire:
        wire.say(post(f"Content-Length: {len(COMPLAINT)}", "X-Request-ID: the-first") + COMPLAINT)
        assert wire.hear().status == 201
        # When
        answer = wire.ask(b"nonsense?with=a-secret\r\n\r\n")
    # Then
    wait_until(lambda: any(line["event"] == "request_refused" for line in lines(output)))
    [refused] = [line for line in lines(output) if line["event"] == "request_refused"]
    assert refused["request_id"] == answer.problem["request_id"] != "the-first"
    assert {line["event"] for line in lines(output) if line.get("request_id") == "the-first"} == {"request"}
    assert "a-secret" not in output.read_text()
