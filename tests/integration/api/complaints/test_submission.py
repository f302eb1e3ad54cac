"""Submitting: who may, what comes back, what is stored."""

from datetime import datetime
from typing import Any

import pytest

from complaints.events.wakeups import SEQUENCE
from complaints.ids import new_id
from complaints.models import ApiKey, Complaint, Event
from tests.integration.api.people import Pokes, World, problem_of

URL = "/api/v1/complaints"
FULL = {
    "subject": "Lift",
    "description": "  The lift is stuck \n",
    "category": "maintenance",
    "severity": "high",
    "site": "North",
    "location": "Hall 3",
    "reporter": {"name": "Bob", "email": "bob@example.org"},
    "external_id": "T-1",
    "extra": {"floor": 3, "tags": ["a", "ß", "🚪"]},
}


def test_a_submitted_complaint_is_answered_as_it_is_kept(world: World, pokes: Pokes) -> None:
    # When
    response = world.signed_in("agent").post(URL, json=FULL)
    # Then
    assert response.status_code == 201
    body = response.get_json()
    assert response.headers["Location"] == f"{URL}/{body['id']}"
    assert response.headers["ETag"] == '"1"'
    assert {name: body[name] for name in FULL if name not in ("description", "reporter")} == {
        name: value for name, value in FULL.items() if name not in ("description", "reporter")
    }
    assert body["description"] == "The lift is stuck"
    assert body["reporter"] == {"name": "Bob", "email": "bob@example.org", "phone": None}
    assert (body["status"], body["version"], body["assignee"]) == ("reported", 1, None)
    created, due = (datetime.fromisoformat(body[name]) for name in ("created_at", "ack_due_at"))
    assert (due - created).total_seconds() == 3600
    assert world.one(Complaint, body["id"]).reference == body["reference"]
    assert pokes.next() == SEQUENCE


def test_defaults_are_general_and_medium(world: World) -> None:
    body = world.complaint()
    assert (body["category"], body["severity"], body["extra"], body["reporter"]) == (
        "general",
        "medium",
        {},
        None,
    )


def test_a_program_submits_with_its_key_and_is_the_source(world: World) -> None:
    # When
    body = world.program("complaints:submit", name="Kiosk").post(URL, json={"description": "x"}).get_json()
    # Then
    assert body["source"].startswith("Kiosk")
    (event,) = world.all(Event)
    assert (event.actor_kind, event.actor_name) == ("api_client", body["source"])


def test_the_use_of_a_key_is_noted(world: World) -> None:
    world.program().post(URL, json={"description": "x"})
    assert world.all(ApiKey)[0].used_at is not None


def test_a_key_that_is_not_known_is_refused(world: World) -> None:
    for key in ("", "rd_x", "rd_abcdefgh_wrong", "é", "rd_" + "x" * 5000, "nonsense", "rd_\x00_x"):
        response = world.anonymous.post(URL, json={"description": "x"}, headers={"X-API-Key": key})
        assert problem_of(response, 401)["code"] == "unauthenticated"


def test_a_key_opens_only_what_its_scopes_say(world: World) -> None:
    reader, sender = world.program("complaints:read"), world.program("complaints:submit")
    problem_of(reader.post(URL, json={"description": "x"}), 403)
    problem_of(sender.get(URL), 403)
    assert reader.get(URL).status_code == 200
    problem_of(world.program(expired=True).get(URL), 401)


def test_a_viewer_may_not_submit(world: World) -> None:
    problem_of(world.signed_in("viewer").post(URL, json={"description": "x"}), 403)


def test_without_public_intake_nobody_submits_unknown(world: World) -> None:
    problem_of(world.anonymous.post(URL, json={"description": "x"}), 401)


def test_the_request_id_travels_onto_the_event(world: World) -> None:
    # Given
    headers = {"X-Request-ID": "from-the-kiosk:1"}
    # When
    response = world.signed_in().post(URL, json={"description": "x"}, headers=headers)
    # Then
    assert response.headers["X-Request-ID"] == "from-the-kiosk:1"
    assert world.all(Event)[0].request_id == "from-the-kiosk:1"


REFUSED: list[tuple[str, Any, str]] = [
    ("category", "weather", "/category"),
    ("description", " \n ", "/description"),
    ("description", "\u200b\x1f\u2060", "/description"),
    ("description", "x" * 4001, "/description"),
    ("severity", "urgent", "/severity"),
    ("description", "\u3164\u2800\ufe0f\u0301\U000e0041", "/description"),
    ("subject", "\u2800\u0301", "/subject"),
    ("reporter", {"email": 5}, "/reporter/email"),
    ("reporter", {"age": 5}, "/reporter/age"),
    ("extra", {"a": "x" * 8192}, "/extra"),
    ("extra", {"a": {"b": ["\x00"]}}, "/extra"),
    ("colour", "red", "/colour"),
]


def test_a_refusal_points_at_the_field(world: World) -> None:
    # Given
    client, before = world.signed_in(), world.counts()
    for field, value, pointer in REFUSED:
        # When
        body = problem_of(client.post(URL, json={"description": "x", field: value}), 422)
        # Then
        assert [fault["pointer"] for fault in body["errors"]] == [pointer]
    assert world.counts() == before


def test_a_backslash_u0000_that_is_only_text_is_kept(world: World) -> None:
    extra = {"pattern": "\\u0000", "\\u0000": 1}
    assert world.complaint(extra=extra)["extra"] == extra


class TestWithPublicIntake:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"public_intake": True}

    def test_anybody_submits(self, world: World) -> None:
        response = world.anonymous.post(URL, json={"description": "x"})
        assert response.status_code == 201
        assert world.all(Event)[0].actor_kind == "anonymous"

    def test_a_bad_token_is_not_taken_for_nobody(self, world: World) -> None:
        problem_of(world.with_token("nonsense").post(URL, json={"description": "x"}), 401)

    def test_an_operator_whose_cookie_expired_is_not_taken_for_nobody(self, world: World) -> None:
        world.anonymous.set_cookie("access_token_cookie", "expired")
        headers = {"X-CSRF-TOKEN": "x"}
        problem_of(world.anonymous.post(URL, json={"description": "x"}, headers=headers), 401)
        assert world.counts()["complaint"] == 0

    def test_nobody_reads(self, world: World) -> None:
        problem_of(world.anonymous.get(URL), 401)
        problem_of(world.anonymous.get(f"{URL}/{new_id()}"), 401)
