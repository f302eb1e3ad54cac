"""Complaints from before: with when they came and how they stand, many at once, and nobody is alerted."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from complaints.alerts.triggers.routing import route_once
from complaints.clock import to_wire, utcnow
from complaints.events.sequencer import number_once
from complaints.models import Alert, Complaint, Event
from complaints.tallies.adding_up import count_anew
from complaints.verbs import importing
from tests.factories import a_chat
from tests.integration.api.people import World, problem_of
from web.api.complaints import import_views

URL = "/api/v1/complaints/import"
LONG_AGO = "2019-05-01T08:00:00.000000Z"


@pytest.fixture
def program(world: World) -> FlaskClient:
    return world.program("complaints:import", "complaints:submit", "complaints:read", name="Archive")


def a_line(number: int, **fields: Any) -> dict[str, Any]:
    return {"description": "The lift is stuck", "external_id": f"T-{number}", **fields}


def send(program: FlaskClient, *lines: dict[str, Any] | str) -> list[dict[str, Any]]:
    """Import the lines; return the answer's."""
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    answer = program.post(URL, data=body.encode(), content_type="application/x-ndjson")
    assert (answer.status_code, answer.content_type) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def test_each_line_is_a_complaint_that_came_then_and_stands_so(world: World, program: FlaskClient) -> None:
    # When
    answers = send(
        program,
        a_line(1, created_at=LONG_AGO, status="resolved", severity="critical"),
        a_line(2, created_at=LONG_AGO, status="in_progress"),
        a_line(3),
    )
    # Then
    assert [(one["line"], one["ok"], one["created"]) for one in answers] == [
        (1, True, True),
        (2, True, True),
        (3, True, True),
    ]
    old, taken, new = (program.get(f"/api/v1/complaints/{one['id']}").get_json() for one in answers)
    assert (old["created_at"], old["status"], old["acknowledged_at"], old["resolved_at"]) == (
        LONG_AGO,
        "resolved",
        None,
        None,
    )
    assert taken["acknowledged_at"] == taken["updated_at"] != LONG_AGO
    assert (new["status"], new["source"][:7]) == ("reported", "Archive")
    assert count_anew(world.database) == 0


def test_nobody_is_alerted_or_reminded_and_the_feed_says_that_it_is_imported(
    world: World, program: FlaskClient
) -> None:
    # Given
    admin = world.operator("admin")
    with world.database.write() as session:
        session.add(a_chat(admin, 7))
    send(program, a_line(1, created_at=LONG_AGO, severity="critical"))
    world.complaint()
    # When
    while number_once(world.database) or route_once(world.database):
        pass
    # Then
    imported, usual = world.all(Event)
    assert (imported.changes, usual.changes) == ({"imported": [None, True]}, {})
    assert [alert.complaint_id for alert in world.all(Alert)] == [usual.complaint_id]
    assert [row.remind_at is None for row in sorted(world.all(Complaint), key=lambda row: row.id)] == [
        True,
        False,
    ]
    feed = world.admin.get("/api/v1/events").get_json()
    assert [event["changes"] for event in feed["items"]] == [imported.changes, {}]


def test_an_import_that_broke_off_is_sent_again_without_doubles(
    world: World, program: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one that ends within the second batch
    monkeypatch.setattr(import_views, "BATCH", 2)
    lines = [a_line(number) for number in range(5)]
    whole = importing.bring_in

    def break_off(session: Any, form: Any, **more: Any) -> Complaint:
        if form.external_id == "T-3":
            raise KeyboardInterrupt
        return whole(session, form, **more)

    monkeypatch.setattr(importing, "bring_in", break_off)
    with pytest.raises(KeyboardInterrupt):
        send(program, *lines)
    monkeypatch.setattr(importing, "bring_in", whole)
    assert len(world.all(Complaint)) == 2
    # When
    answers = send(program, *lines, a_line(4))
    # Then
    assert [one["created"] for one in answers] == [False, False, True, True, True, False]
    assert len(world.all(Complaint)) == len(world.all(Event)) == 5
    assert answers[4]["id"] == answers[5]["id"]


def test_a_line_that_is_refused_says_why_and_stops_no_other(world: World, program: FlaskClient) -> None:
    ahead = to_wire(utcnow() + timedelta(days=1))
    answers = send(
        program,
        "{",
        "[]",
        "",
        {"description": "x"},
        a_line(1, created_at=ahead),
        a_line(2, category="nothing"),
        a_line(3, status="open"),
        '{"description": "x", "description": "y", "external_id": "T-4"}',
        a_line(5),
    )
    errors = [
        (one["line"], one["error"]["code"], [fault["pointer"] for fault in one["error"]["errors"]])
        for one in answers[:-1]
    ]
    assert errors == [
        (1, "malformed", []),
        (2, "invalid", []),
        (4, "invalid", ["/external_id"]),
        (5, "invalid", ["/created_at"]),
        (6, "invalid", ["/category"]),
        (7, "invalid", ["/status"]),
        (8, "malformed", []),
    ]
    assert answers[-1]["ok"]
    assert len(world.all(Complaint)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_too_much_ends_it(program: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_views, "LINES_MAXIMUM", 2)
    answers = send(program, a_line(1), a_line(2), a_line(3), a_line(4))
    assert [(one["line"], one["ok"]) for one in answers] == [(1, True), (2, True), (3, False)]
    assert answers[-1]["error"]["code"] == "too_large"
    monkeypatch.setattr(import_views, "LINE_MAXIMUM_BYTES", 100)
    assert [one["ok"] for one in send(program, a_line(5), a_line(6, subject="x" * 100), a_line(7))] == [
        True,
        False,
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_lines_of_json_are_read(program: FlaskClient) -> None:
    problem_of(program.post(URL, json=a_line(1)), 415)
    assert send(program, "") == []


def test_a_key_for_a_site_brings_in_what_is_of_its_site(world: World) -> None:
    program = world.program("complaints:import", sites=("North",))
    answers = send(program, a_line(1, site="North"), a_line(2, site="South"), a_line(3))
    assert [one["ok"] for one in answers] == [True, False, False]
    assert answers[1]["error"]["code"] == "forbidden"


def test_one_complaint_may_be_from_before_for_who_may_import(world: World, program: FlaskClient) -> None:
    # Given
    past = {"description": "The lift is stuck", "created_at": LONG_AGO, "status": "rejected"}
    # When
    headers = {"Idempotency-Key": "one"}
    answers = [program.post("/api/v1/complaints", json=past, headers=headers) for _ in range(2)]
    # Then
    assert [answer.status_code for answer in answers] == [201, 201]
    assert {(one.get_json()["created_at"], one.get_json()["status"]) for one in answers} == {
        (LONG_AGO, "rejected")
    }
    assert [event.changes for event in world.all(Event)] == [{"imported": [None, True]}]
    for stranger in (world.admin, world.program("complaints:submit")):
        problem_of(stranger.post("/api/v1/complaints", json=past), 403)
