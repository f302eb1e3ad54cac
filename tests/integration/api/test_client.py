"""docs/client.py against the application itself, and against servers that fail."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from complaints.events.sequencer import start_epoch
from docs.client import ListAgain, Problem, Redress
from tests.integration.api.people import PASSWORD, World

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Answer = httpx.Response | Exception


@pytest.fixture
def redress(world: World) -> Iterator[Redress]:
    """The client of a program whose key opens everything."""
    key = world.program().environ_base["HTTP_X_API_KEY"]
    with Redress("http://testserver", key=key, transport=httpx.WSGITransport(app=world.app)) as client:
        yield client


class FailingServer:
    """Gives one answer after another, and remembers requests and pauses."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def client(self, **settings: Any) -> Redress:
        transport = httpx.MockTransport(self._answer)
        return Redress("http://testserver", transport=transport, sleep=self.pauses.append, **settings)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "No."}, headers=headers)


def page(seqs: list[int], *, epoch: str = "one", **differences: Any) -> httpx.Response:
    items = [{"seq": seq} for seq in seqs]
    head = seqs[-1] if seqs else 0
    body = {"items": items, "epoch": epoch, "head": head, "top": head, "more": False, "complete": True}
    return httpx.Response(200, json={**body, **differences})


@SQLITE
def test_a_complaint_goes_its_way_through_the_client(world: World, redress: Redress) -> None:
    # Given
    feed = redress.follow()
    assert list(feed.waiting()) == []
    # When
    complaint = redress.submit("The lift is stuck", severity="high")
    corrected = redress.correct(complaint, location="Third floor")
    with pytest.raises(Problem) as stale:
        redress.correct(complaint, location="Fourth floor")
    redress.comment(complaint["reference"], "On our way", visibility="public")
    redress.assign(complaint["id"], str(world.who(world.signed_in("agent")).id))
    resolved = redress.change_status(complaint["id"], "resolved", reason="Repaired")
    world.number()
    # Then
    assert (corrected["location"], resolved["status"]) == ("Third floor", "resolved")
    assert (stale.value.code, stale.value.body["current"]["version"]) == ("stale_version", 2)
    assert [event["name"] for event in feed.waiting()] == [
        "new_complaint",
        "complaint_update",
        "comment_added",
        "assignment_update",
        "status_update",
    ]


@SQLITE
def test_lists_are_read_page_by_page(redress: Redress) -> None:
    for number in range(5):
        redress.submit(f"Leak {number}")
    found = redress.complaints(limit=2, sort="created_at")
    assert [one["description"] for one in found] == [f"Leak {number}" for number in range(5)]


@SQLITE
def test_an_operator_signs_in_and_their_token_is_refreshed(world: World) -> None:
    # Given
    world.operator("agent", email="ada@example.org", password=PASSWORD)
    with Redress("http://testserver", transport=httpx.WSGITransport(app=world.app)) as redress:
        assert redress.sign_in("ada@example.org", PASSWORD)["role"] == "agent"
        expired = refusal(401, "token_expired")
        first = redress.http._transport

        def once(request: httpx.Request) -> httpx.Response:
            redress.http._transport = first
            return expired

        redress.http._transport = httpx.MockTransport(once)
        # Then
        assert redress.call("GET", "/auth/me")["email"] == "ada@example.org"
        redress.sign_out()
        with pytest.raises(Problem) as refused:
            redress.call("GET", "/auth/me")
        assert refused.value.code == "session_revoked"


@SQLITE
def test_another_epoch_is_no_silent_gap(world: World, redress: Redress) -> None:
    # Given
    feed = redress.follow()
    list(feed.waiting())
    start_epoch(world.database)
    # Then
    with pytest.raises(ListAgain):
        list(feed.waiting())
    redress.submit("Leak")
    world.number()
    assert [event["name"] for event in feed.waiting()] == ["new_complaint"]


def test_what_creates_is_tried_again_under_the_same_key() -> None:
    # Given
    lost, away = httpx.ReadTimeout("no answer"), refusal(503, "database_unavailable", **{"Retry-After": "5"})
    server = FailingServer(lost, away, httpx.Response(201, json={"id": "1"}))
    # When
    created = server.client().submit("Leak")
    # Then
    assert created["id"] == "1"
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 1
    assert server.pauses[0] < 1
    assert server.pauses[1] >= 5


@pytest.mark.parametrize(
    "fault",
    [httpx.ReadTimeout("no answer"), refusal(503, "database_unavailable"), refusal(502, "")],
    ids=repr,
)
def test_what_may_have_been_done_is_not_done_again(fault: Answer) -> None:
    server = FailingServer(fault)
    with pytest.raises((Problem, httpx.ReadTimeout)):
        server.client().change_status("RD-1", "resolved")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [httpx.ConnectError("nobody there"), refusal(429, "throttled", **{"Retry-After": "7"})],
    ids=repr,
)
def test_what_was_not_done_is_tried_again(fault: Answer) -> None:
    server = FailingServer(fault, httpx.Response(200, json={"status": "resolved"}))
    assert server.client().change_status("RD-1", "resolved")["status"] == "resolved"


def test_a_wait_beyond_its_patience_is_told_at_once() -> None:
    server = FailingServer(refusal(429, "throttled", **{"Retry-After": "3600"}))
    with pytest.raises(Problem) as told:
        server.client(patience_seconds=60).complaint("RD-1")
    assert (told.value.status, told.value.retry_after_seconds) == (429, 3600)
    assert server.pauses == []


def test_the_feed_waits_for_more_and_says_how_far_it_was_read() -> None:
    # Given
    server = FailingServer(page([6, 7], more=True), page([8]), page([], head=8), page([9]))
    feed = server.client().follow(after=5, epoch="one")
    # When
    seen = [(event["seq"], feed.after) for event in islice(feed, 4)]
    # Then
    assert seen == [(6, 5), (7, 6), (8, 7), (9, 8)]
    assert [dict(request.url.params)["after"] for request in server.requests] == ["5", "7", "8", "8"]
    assert server.pauses == [feed.poll_seconds] * 2


@pytest.mark.parametrize("broken", [{"epoch": "two"}, {"complete": False}], ids=str)
def test_a_feed_that_can_t_tell_all_says_so_and_goes_on_after_the_list(broken: dict[str, Any]) -> None:
    server = FailingServer(page([], top=40, **broken), page([41], epoch=broken.get("epoch", "one")))
    feed = server.client().follow(after=5, epoch="one")
    with pytest.raises(ListAgain):
        list(feed.waiting())
    assert [event["seq"] for event in feed.waiting()] == [41]


def test_what_is_no_problem_document_is_a_problem_all_the_same() -> None:
    server = FailingServer(httpx.Response(404, text="<h1>nginx</h1>"))
    with pytest.raises(Problem, match="404 Not Found: <h1>nginx</h1>"):
        server.client().complaint("RD-1")
