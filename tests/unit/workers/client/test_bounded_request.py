"""Of what an error's answer says, only what makes sense is believed."""

import json
from typing import Any

import pytest
from telegram.error import TelegramError

from complaints.telegram.limiter import LONGEST_HOLD_SECONDS
from workers.telegram.client.bounded_request import BoundedRequest


def parameters(**said: Any) -> Any:
    answer = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": said}
    return BoundedRequest.parse_json_payload(json.dumps(answer).encode())["parameters"]


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        (7, 7),
        (7.2, 8),
        (0, 1),
        (-5, 1),
        (3600, LONGEST_HOLD_SECONDS),
        (10**12, LONGEST_HOLD_SECONDS),
        (10**400, LONGEST_HOLD_SECONDS),
        (float("inf"), LONGEST_HOLD_SECONDS),
    ],
)
def test_a_wait_is_bounded(said: float, believed: float) -> None:
    assert parameters(retry_after=said) == {"retry_after": believed}


@pytest.mark.parametrize("said", ["7", "soon", None, True, [7], {"seconds": 7}, float("nan")])
def test_a_wait_that_is_no_number_is_left_out(said: Any) -> None:
    assert parameters(retry_after=said) == {}


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        (-1001234567890, -1001234567890),
        (0, None),
        ("-100123", None),
        (True, None),
        (-(2**70), None),
        ([1], None),
    ],
)
def test_a_new_chat_is_one_that_there_can_be(said: Any, believed: int | None) -> None:
    assert parameters(migrate_to_chat_id=said).get("migrate_to_chat_id") == believed


@pytest.mark.parametrize("said", [[], "x", 7, True])
def test_parameters_of_another_shape_are_none(said: Any) -> None:
    answer = {"ok": False, "description": 7, "parameters": said}
    read = BoundedRequest.parse_json_payload(json.dumps(answer).encode())
    assert (read["description"], read["parameters"]) == ("7", {})


@pytest.mark.parametrize("payload", [b"", b"<html>", b"[]", b"7", b"null", b'"ok"'])
def test_an_answer_that_is_no_object_is_refused(payload: bytes) -> None:
    with pytest.raises(TelegramError):
        BoundedRequest.parse_json_payload(payload)
