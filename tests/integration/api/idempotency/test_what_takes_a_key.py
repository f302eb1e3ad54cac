"""Every POST of the document that creates takes `Idempotency-Key`, and has its place in the table."""

import json
from typing import Any

from tests.integration.api.idempotency.creating import CREATING, REPLAYED
from tools.documents import DOCUMENT

POSTS: dict[str, Any] = {
    path.removeprefix("/api/v1"): methods["post"]
    for path, methods in json.loads(DOCUMENT.read_text())["paths"].items()
    if "post" in methods
}
TAKING = {
    path for path, post in POSTS.items() if "Idempotency-Key" in [one["name"] for one in post["parameters"]]
}


def test_whatever_creates_takes_a_key() -> None:
    creating = {path for path, post in POSTS.items() if "201" in post["responses"]}
    assert creating <= TAKING, "say @repeatable over the view, and answer by answer_once"


def test_whatever_takes_a_key_is_tried() -> None:
    assert set(CREATING) == TAKING


def test_whatever_takes_a_key_says_what_may_come_of_it() -> None:
    for path in TAKING:
        responses = POSTS[path]["responses"]
        assert {"409", "422"} <= set(responses), path
        assert REPLAYED in next(responses[code] for code in ("201", "202") if code in responses)["headers"], (
            path
        )
