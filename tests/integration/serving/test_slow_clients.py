"""Whoever is slow, or does nothing at all, keeps nobody else waiting: many more of them than there are threads."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.integration.hub.harness import Deployment, wait_until
from tests.integration.serving.conftest import Serve
from tests.integration.serving.wire import COMPLAINT, Wire, post, submission
from web.serving.patient_worker import REQUEST_SECONDS

MANY = 60
IDLE = 1000
SUBMISSIONS = 10
LARGE_ANSWER = b"GET /api/v1/docs/swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"
LEAVE = b"HTTP/1.1 100 Continue\r\n\r\n"
LITTLE_BUFFER = 4096


def silent(wire: Wire) -> None:
    """It has connected, and that is all."""


def one_byte(wire: Wire) -> None:
    wire.say(b"P")


def half_a_head(wire: Wire) -> None:
    wire.say(post("X-Header: a")[:-2])


def half_a_body(wire: Wire) -> None:
    wire.say(post("Content-Length: 100") + b'{"')


def half_a_chunk(wire: Wire) -> None:
    wire.say(post("Transfer-Encoding: chunked") + b'64\r\n{"')


def half_a_second_request(wire: Wire) -> None:
    wire.say(submission())
    assert wire.hear().status == 201
    wire.say(post("Content-Length: 100") + b'{"')


def no_end(wire: Wire) -> None:
    wire.say(post("Connection: close", "Content-Length: 0"))


def no_reading(wire: Wire) -> None:
    wire.say(LARGE_ANSWER * 3)


SLOW = (silent, one_byte, half_a_head, half_a_body, half_a_chunk, half_a_second_request, no_end, no_reading)


@contextmanager
def held_up(port: int, doing: Callable[[Wire], None], count: int = MANY) -> Iterator[list[Wire]]:
    """So many clients that do this and then nothing."""
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(port, receive_buffer=LITTLE_BUFFER)) for _ in range(count)]
        for wire in wires:
            doing(wire)
        yield wires


def answers_to_submissions(port: int) -> list[int]:
    """Submit, each time on a new connection."""
    statuses = []
    for _ in range(SUBMISSIONS):
        with Wire(port) as wire:
            wire.say(submission())
            statuses.append(wire.hear().status)
    return statuses


@pytest.mark.parametrize("doing", SLOW)
def test_intake_answers_meanwhile(server: Deployment, doing: Callable[[Wire], None]) -> None:
    # Given
    with held_up(server.port, doing):
        # When, Then
        assert answers_to_submissions(server.port) == [201] * SUBMISSIONS


def test_a_thousand_that_send_nothing_are_as_good_as_none(server: Deployment) -> None:
    with held_up(server.port, silent, IDLE):
        assert answers_to_submissions(server.port) == [201] * SUBMISSIONS


@pytest.mark.parametrize("doing", [silent, half_a_body])
def test_where_all_places_are_taken_whoever_waits_longest_gives_theirs_up(
    serve: Serve, doing: Callable[[Wire], None]
) -> None:
    # Given: three times as many as there may be
    narrow = serve("--threads", "4", "--worker-connections", "20")
    with held_up(narrow.port, doing):
        # When, Then
        assert answers_to_submissions(narrow.port) == [201] * SUBMISSIONS


def test_who_does_not_read_an_endless_answer_holds_no_more_than_some_threads(server: Deployment) -> None:
    # Given: an export that is longer than what is kept of an answer, and as many readers as there are threads
    server.submit_many(1500, "x" * 4000)
    token = server.token()
    request = (
        f"GET /api/v1/complaints/export.csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    )

    def export(wire: Wire) -> None:
        wire.say(request.encode())

    with held_up(server.port, export, 8):
        # When, Then
        assert answers_to_submissions(server.port) == [201] * SUBMISSIONS


@pytest.mark.parametrize("piece", [1, 7])
def test_a_slow_request_is_understood_in_whatever_pieces_it_comes(server: Deployment, piece: int) -> None:
    request = submission()
    with Wire(server.port) as wire:
        for start in range(0, len(request), piece):
            wire.say(request[start : start + piece])
        assert wire.hear().status == 201


def test_requests_that_come_together_are_answered_in_their_order(server: Deployment) -> None:
    with Wire(server.port) as wire:
        wire.say(submission() + post("Content-Length: 2") + b"{}" + submission())
        assert [wire.hear().status for _ in range(3)] == [201, 422, 201]


def test_a_connection_stays_open_for_the_next_request(server: Deployment) -> None:
    with Wire(server.port) as wire:
        for _ in range(3):
            wire.say(submission())
            assert (answer := wire.hear()).status == 201
            assert answer.headers["Connection"] == "keep-alive"


def test_who_asks_for_leave_to_send_a_body_is_given_it(server: Deployment) -> None:
    with Wire(server.port) as wire:
        wire.say(post(f"Content-Length: {len(COMPLAINT)}", "Expect: 100-continue"))
        assert wire.incoming.read(len(LEAVE)) == LEAVE
        wire.say(COMPLAINT)
        assert wire.hear().status == 201


def test_a_long_answer_arrives_whole_however_slowly_it_is_read(server: Deployment) -> None:
    with Wire(server.port, receive_buffer=LITTLE_BUFFER) as wire:
        wire.say(LARGE_ANSWER * 2)
        first, second = wire.hear("GET"), wire.hear("GET")
    assert first.status == 200
    assert len(first.body) == int(first.headers["Content-Length"])
    assert first.body == second.body


@pytest.mark.parametrize("doing", [half_a_head, half_a_body, half_a_chunk])
def test_a_request_that_does_not_come_in_time_is_told_so(serve: Serve, doing: Callable[[Wire], None]) -> None:
    hasty = serve("-c", "tests/integration/serving/hasty_conf.py")
    with Wire(hasty.port) as wire:
        doing(wire)
        assert (answer := wire.hear()).problem["code"] == "request_timeout"
        assert answer.status == 408
        assert wire.is_ended()


@pytest.mark.parametrize("doing", [silent, no_end, no_reading])
def test_nobody_is_waited_for_without_end(serve: Serve, doing: Callable[[Wire], None]) -> None:
    # Given
    hasty = serve("-c", "tests/integration/serving/hasty_conf.py")
    connections = f"/proc/{hasty.worker_pid()}/fd"
    before = server_sockets(connections)
    with held_up(hasty.port, doing):
        # When, Then
        wait_until(lambda: server_sockets(connections) <= before + 2)


def server_sockets(folder: str) -> int:
    """Return how many sockets the process has."""
    found = 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(f"{folder}/{name}").startswith("socket:")
        except FileNotFoundError:
            continue
    return found


def test_who_sends_nothing_holds_up_no_end(serve: Serve) -> None:
    # Given: some who never said a word, and one who rests between two requests
    ending = serve()
    assert ending.process is not None
    with held_up(ending.port, silent), Wire(ending.port) as resting:
        resting.say(submission())
        assert resting.hear().status == 201
        # When
        ending.process.terminate()
        # Then
        assert ending.process.wait(timeout=REQUEST_SECONDS / 2) == 0
