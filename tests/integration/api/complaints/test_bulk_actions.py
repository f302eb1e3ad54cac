"""One change to many complaints at once."""

from typing import Any

import pytest

from complaints.models import Complaint, Event
from tests.integration.api.people import World, problem_of

BULK = "/api/v1/complaints/bulk"
NEVER = "00000000-0000-7000-8000-000000000000"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_each_complaint_is_changed_by_itself(world: World) -> None:
    # Given
    made = [world.complaint()["id"] for _ in range(3)]
    world.admin.post(f"/api/v1/complaints/{made[1]}/status", json={"status": "resolved"})
    form = {"ids": [*made, NEVER, made[0]], "status": "rejected", "reason": "Spam", "operator_id": "me"}
    agent = world.signed_in("agent")
    # When
    results = agent.post(BULK, json=form).get_json()["results"]
    # Then
    assert [(item["id"], item["ok"]) for item in results] == [
        (made[0], True),
        (made[1], False),
        (made[2], True),
        (NEVER, False),
    ]
    assert results[1]["error"]["code"] == "transition_refused"
    assert results[1]["error"]["allowed"] == ["in_progress"]
    assert results[3]["error"]["code"] == "not_found"
    kinds = [event.type for event in world.all(Event)]
    assert kinds.count("status_update") == 3
    assert kinds.count("assignment_update") == 2


@SQLITE
def test_bulk_takes_nothing_from_others_and_can_take_back(world: World) -> None:
    # Given
    ada, bob = world.signed_in("agent"), world.signed_in("agent")
    made = world.complaint()["id"]
    ada.post(BULK, json={"ids": [made], "operator_id": "me"})
    # When
    taken = bob.post(BULK, json={"ids": [made], "operator_id": "me", "status": "resolved"}).get_json()
    # Then
    assert taken["results"][0]["error"]["code"] == "stale_version"
    row = world.all(Complaint)[0]
    assert (row.status, row.assignee_id) == ("reported", world.who(ada).id)
    # When
    form = {"ids": [made], "operator_id": "me"}
    taken = bob.post(BULK, json=form, headers={"If-Match": '"1"'}).get_json()
    # Then
    assert taken["results"][0]["error"]["code"] == "stale_version"
    # When
    bob.post(BULK, json={"ids": [made], "operator_id": None})
    # Then
    assert world.all(Complaint)[0].assignee_id is None


@SQLITE
def test_a_bulk_change_that_makes_no_sense_is_refused(world: World) -> None:
    made = world.complaint()["id"]
    wrong: list[dict[str, Any]] = [
        {"ids": [], "status": "resolved"},
        {"ids": [made] * 501, "status": "resolved"},
        {"ids": [made]},
        {"ids": [made], "reason": "x"},
        {"ids": ["RD-00000000"], "status": "resolved"},
        {"ids": [made], "operator_id": "you"},
    ]
    for form in wrong:
        problem_of(world.admin.post(BULK, json=form), 422)
    problem_of(world.signed_in("viewer").post(BULK, json={"ids": [made], "status": "resolved"}), 403)
    assert world.counts()["event"] == 1
