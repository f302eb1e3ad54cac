"""An answer keeps its word: who is refused for a large body goes on, and what is sent again is done once.

Lists go compressed, and a complaint is nobody's duplicate that would be its own.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.telling import submit
from tools.stack import Stack
from web.http.request_hooks import MAXIMUM_BODY_BYTES

SQLITE = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


@SQLITE
def test_the_request_after_a_body_that_is_too_large_is_answered(client: httpx.Client) -> None:
    for _ in range(3):
        large = client.post("/complaints", json={"description": "x" * MAXIMUM_BODY_BYTES})
        assert (large.status_code, large.json()["code"]) == (413, "too_large")
        assert large.headers["Connection"] == "close"
        submit(client, severity="low")


@pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
def test_what_is_sent_to_two_processes_under_one_key_is_done_once(
    stack: Stack, client: httpx.Client, beside: str
) -> None:
    # Given
    complaint = submit(client, severity="low")
    path, again = f"/complaints/{complaint['id']}/comments", {"Idempotency-Key": complaint["id"]}
    urls = (f"{stack.url}/api/v1", beside)

    def comment(place: int) -> httpx.Response:
        return client.post(f"{urls[place % 2]}{path}", json={"text": "Seen to."}, headers=again)

    # When
    with ThreadPoolExecutor(4) as many:
        told = [one.result() for one in [many.submit(comment, place) for place in range(4)]]
    told.append(comment(0))
    # Then
    codes = Counter(one.status_code for one in told)
    assert set(codes) <= {201, 409}, "409: it is still being done"
    assert len({one.json()["id"] for one in told if one.status_code == 201}) == 1
    assert told[-1].headers["Idempotency-Replayed"] == "true"
    assert len(client.get(path).json()["items"]) == 1


@SQLITE
def test_lists_go_compressed_and_nothing_is_a_duplicate_of_itself(client: httpx.Client) -> None:
    # Given
    first, second, third = (submit(client, severity="low", description="x" * 500) for _ in range(3))

    def mark(complaint: dict[str, str], original: dict[str, str]) -> httpx.Response:
        body = {"status": "duplicate", "duplicate_of": original["id"]}
        return client.post(f"/complaints/{complaint['id']}/status", json=body)

    # When
    marked = [mark(first, second), mark(second, third), mark(third, first)]
    page = client.get("/complaints", headers={"Accept-Encoding": "gzip"})
    # Then
    assert [one.status_code for one in marked[:2]] == [200, 200], marked[1].text
    assert marked[2].status_code in (409, 422)
    assert page.headers["Content-Encoding"] == "gzip"
