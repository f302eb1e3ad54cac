"""What may be about the same is found at a complaint, and told at once to who submits: if they may see it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from complaints.clock import utcnow
from complaints.models import Complaint
from complaints.queries.similar_complaints import LATELY
from tests.integration.api.people import World, problem_of

STUCK = {"description": "Lift stuck", "site": "Mill Lane 4"}
BUS_STOP = {"lat": 51.5, "lon": -0.1}


def similar_to(client: FlaskClient, complaint: dict[str, Any]) -> list[str]:
    response = client.get(f"/api/v1/complaints/{complaint['reference']}/similar")
    assert response.status_code == 200, response.get_data(as_text=True)
    return [one["id"] for one in response.get_json()["items"]]


def submit(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    response = client.post("/api/v1/complaints", json={**STUCK, **fields})
    assert response.status_code == 201, response.get_data(as_text=True)
    return dict(response.get_json())


def ids(answer: dict[str, Any]) -> list[str]:
    return [one["id"] for one in answer.get("possible_duplicates", [])]


def test_the_likest_of_the_site_come_first(world: World) -> None:
    # Given
    first = world.complaint(**STUCK, subject="Lift")
    alike = world.complaint(description="The LIFT in the hall has been stuck since noon", site="Mill Lane 4")
    world.complaint(description="No hot water", site="Mill Lane 4")
    elsewhere = world.complaint(description="Lift stuck", site="Mill Lane 5")
    # When
    newest = submit(world.admin)
    # Then
    found = world.admin.get(f"/api/v1/complaints/{newest['id']}/similar").get_json()["items"]
    assert [one["id"] for one in found] == [first["id"], alike["id"]]
    assert found == newest["possible_duplicates"]
    assert found[0] == {
        "id": first["id"],
        "reference": first["reference"],
        "subject": "Lift",
        "likeness": 1.0,
    }
    assert 0.4 <= found[1]["likeness"] < 1
    assert similar_to(world.admin, elsewhere) == []


def test_so_do_those_close_by_without_a_site(world: World) -> None:
    here = world.complaint(description="The bus stop is without light", position=BUS_STOP)
    there = world.complaint(
        description="Bus stop without light", position={**BUS_STOP, "lat": BUS_STOP["lat"] + 0.001}
    )
    world.complaint(
        description="Bus stop without light", position={**BUS_STOP, "lat": BUS_STOP["lat"] + 0.01}
    )
    assert similar_to(world.admin, here) == [there["id"]]
    assert similar_to(world.admin, world.complaint(description="Bus stop without light")) == []


def test_what_is_closed_or_long_ago_does_not_count(world: World) -> None:
    # Given
    closed, old, lasting = (world.complaint(**STUCK) for _ in range(3))
    body = {"status": "rejected", "reason": "A test"}
    assert world.admin.post(f"/api/v1/complaints/{closed['id']}/status", json=body).status_code == 200, (
        "rejected"
    )
    with world.database.write() as session:
        before = utcnow() - LATELY - timedelta(minutes=1)
        session.execute(
            update(Complaint).where(Complaint.reference == old["reference"]).values(created_at=before)
        )
    # When, then
    assert ids(submit(world.admin)) == [lasting["id"]]


def test_nobody_is_told_of_what_they_may_not_see(world: World) -> None:
    # Given
    others = world.complaint(**STUCK)
    own_alone = world.program("complaints:submit", "complaints:read_own")
    submitting = world.program("complaints:submit")
    reading = world.program("complaints:submit", "complaints:read")
    northern = world.signed_in("agent", sites=["Mill Lane 5"])
    # When, then
    assert ids(submit(submitting)) == []
    first = submit(own_alone)
    assert ids(first) == []
    assert ids(submit(own_alone)) == [first["id"]]
    assert others["id"] in ids(submit(reading))
    problem_of(northern.get(f"/api/v1/complaints/{others['id']}/similar"), 404)


def test_a_submission_sent_again_names_them_again_but_not_itself(world: World) -> None:
    other = world.complaint(**STUCK)
    key = {"Idempotency-Key": "once"}
    answers = [world.admin.post("/api/v1/complaints", json=STUCK, headers=key) for _ in range(2)]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert [ids(one.get_json()) for one in answers] == [[other["id"]]] * 2


def test_a_submission_is_answered_where_the_database_can_say_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("web.api.complaints.submission.find_similar", fail)
    assert ids(submit(world.admin)) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("The lift is stuck again", "Lift stuck", True),
        ("No hot water since this morning", "There is no hot water", True),
        ("Die Heizung ist kaputt", "Heizung kaputt, es ist kalt", True),
        ("エレベーターが止まっています", "エレベーターが止まった", True),
        ("Лифт не работает", "лифт сломан и НЕ работает", True),
        ("No hot water", "Water leaks through the ceiling", False),
        ("The neighbours are loud at night", "The light in the stairwell is broken", False),
        ("???", "!!!", False),
    ],
)
def test_words_in_any_script_and_order_are_compared(world: World, one: str, other: str, alike: bool) -> None:
    first = world.complaint(description=one, site="S")
    assert ids(submit(world.admin, description=other, site="S")) == ([first["id"]] if alike else [])
