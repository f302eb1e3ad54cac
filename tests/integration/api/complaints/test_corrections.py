"""What can be corrected of a complaint: everything that somebody said of it, and by when what is due."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from complaints.clock import to_wire
from complaints.models import Complaint, ComplaintSearch, Event
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"


@pytest.fixture
def made(world: World) -> dict[str, Any]:
    return world.complaint(reporter={"name": "Ada", "email": "ada@example.org", "phone": "12"})


def patch(world: World, made: dict[str, Any], status: int = 200, **fields: Any) -> dict[str, Any]:
    answer = world.signed_in("agent").patch(
        f"{URL}/{made['id']}", json=fields, headers={"If-Match": f'"{made["version"]}"'}
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    return dict(answer.get_json())


def after(made: dict[str, Any], **apart: float) -> str:
    return to_wire(datetime.fromisoformat(made["created_at"]) + timedelta(**apart)) or ""


def test_who_complained_is_changed_whole_and_in_no_event(world: World, made: dict[str, Any]) -> None:
    # When
    reporter = {"name": "Grace Hopper", "email": "grace@no.local"}
    body = patch(world, made, reporter=reporter)
    # Then
    assert body["reporter"] == {**reporter, "phone": None, "email_usable": False}
    (_, event) = world.all(Event)
    assert event.changes == {"reporter": [None, None]}
    assert "Grace" not in str(event.data)
    (search,) = world.all(ComplaintSearch)
    assert ("grace" in search.text, "ada@" in search.text) == (True, False)
    assert patch(world, body, reporter=None)["reporter"] is None


def test_what_others_call_it_and_where_it_is(world: World, made: dict[str, Any]) -> None:
    body = patch(world, made, external_id="T-1", extra={"a": [1]}, position={"lat": 52.5, "lon": -13})
    assert (body["external_id"], body["extra"], body["position"]) == (
        "T-1",
        {"a": [1]},
        {"lat": 52.5, "lon": -13.0},
    )
    changes = world.all(Event)[-1].changes
    assert changes["position"] == [None, {"lat": 52.5, "lon": -13.0}]
    assert patch(world, body, position=None)["position"] is None


def test_it_is_due_when_somebody_says(world: World, made: dict[str, Any]) -> None:
    # When
    soon, later = after(made, minutes=5), after(made, days=2)
    body = patch(world, made, ack_due_at=soon, resolve_due_at=later)
    # Then who has it is reminded at that time
    assert (body["ack_due_at"], body["resolve_due_at"]) == (soon, later)
    (row,) = world.all(Complaint)
    assert to_wire(row.remind_at) == soon
    # When nobody says so any more
    body = patch(world, body, ack_due_at=None, resolve_due_at=None)
    # Then the category does
    assert (body["ack_due_at"], body["resolve_due_at"]) == (made["ack_due_at"], None)


def test_what_is_acknowledged_is_reminded_of_no_more(world: World, made: dict[str, Any]) -> None:
    answer = world.admin.post(f"{URL}/{made['id']}/status", json={"status": "acknowledged"}).get_json()
    body = patch(world, answer, ack_due_at=after(made, minutes=5))
    (row,) = world.all(Complaint)
    assert row.remind_at is None
    # And what the category says is put back all the same, also by its new severity, and told
    body = patch(world, body, ack_due_at=None)
    assert body["ack_due_at"] == made["ack_due_at"]
    assert world.all(Event)[-1].changes["ack_due_at"] == [after(made, minutes=5), made["ack_due_at"]]
    assert patch(world, body, severity="high", ack_due_at="")["ack_due_at"] == after(made, hours=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ack_due_at", {"days": -1}),
        ("resolve_due_at", {"days": 400}),
        ("position", {"lat": 91, "lon": 0}),
        ("position", {"lat": 0}),
        ("external_id", "x" * 201),
        ("extra", None),
    ],
)
def test_what_can_not_be_is_refused(world: World, made: dict[str, Any], field: str, value: Any) -> None:
    said = after(made, **value) if field.endswith("_at") else value
    answer = world.admin.patch(f"{URL}/{made['id']}", json={field: said}, headers={"If-Match": '"1"'})
    assert problem_of(answer, 422)["errors"][0]["pointer"].startswith(f"/{field}")
