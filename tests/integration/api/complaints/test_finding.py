"""Finding complaints by what is known of them, by place and by when they are due; and counting what is found."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from complaints.clock import to_wire
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"
BERLIN = {"lat": 52.5163, "lon": 13.3777}
A_STREET_AWAY = {"lat": 52.5172, "lon": 13.3777}  # 100 m to the north
FIJI_WEST, FIJI_EAST = {"lat": -16.8, "lon": 179.9995}, {"lat": -16.8, "lon": -179.9995}  # 106 m apart


def found(world: World, query: str) -> list[str]:
    answer = world.admin.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [item["description"] for item in answer.get_json()["items"]]


def move(world: World, made: dict[str, Any], status: str) -> None:
    answer = world.admin.post(f"{URL}/{made['id']}/status", json={"status": status})
    assert answer.status_code == 200


def test_by_what_it_is_called(world: World) -> None:
    one = world.complaint(description="one", external_id="T-1, a")
    world.complaint(description="two", external_id="T-2")
    world.program().post(URL, json={"description": "three"})
    spoken = one["reference"].lower().replace("-", "")
    assert found(world, f"reference={spoken}") == ["one"]
    assert found(world, "reference=nonsense") == []
    assert found(world, "external_id=T-1,+a&external_id=T-2&sort=created_at") == ["one", "two"]
    source = world.admin.get(URL).get_json()["items"][0]["source"]
    assert found(world, f"source={source}") == ["three"]


def test_open_stands_for_every_status_in_which_something_is_left_to_do(world: World) -> None:
    for status in ("reported", "acknowledged", "resolved", "rejected"):
        made = world.complaint(description=status)
        if status != "reported":
            move(world, made, status)
    assert sorted(found(world, "status=open")) == ["acknowledged", "reported"]
    assert sorted(found(world, "status=open,rejected")) == ["acknowledged", "rejected", "reported"]


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        ("52.5163,13.3777,50", ["here"]),
        ("52.5163,13.3777,150", ["here", "near"]),
        ("-16.8,179.9995,50", ["west"]),
        ("-16.8,-180,80", ["east", "west"]),
        ("-16.8,180,80", ["east", "west"]),
        ("90,0,100000", []),
    ],
)
def test_near_a_place_over_the_date_line_too(world: World, near: str, expected: list[str]) -> None:
    places = {"here": BERLIN, "near": A_STREET_AWAY, "west": FIJI_WEST, "east": FIJI_EAST}
    for name, position in places.items():
        assert world.complaint(description=name, position=position)["position"] == position
    world.complaint(description="nowhere")
    assert sorted(found(world, f"near={near}")) == expected


def test_by_when_it_is_due_and_what_never_is_comes_last(world: World) -> None:
    made = {name: world.complaint(description=name, severity=name) for name in ("low", "critical", "high")}
    move(world, world.complaint(description="done", severity="critical"), "resolved")
    assert found(world, "sort=ack_due_at&status=open") == ["critical", "high", "low"]
    before = to_wire(datetime.fromisoformat(made["low"]["created_at"]) + timedelta(minutes=90))
    assert sorted(found(world, f"due_before={before}")) == ["critical", "high"]
    due = to_wire(datetime.fromisoformat(made["low"]["created_at"]) + timedelta(days=1))
    headers = {"If-Match": '"1"'}
    world.admin.patch(f"{URL}/{made['low']['id']}", json={"resolve_due_at": due}, headers=headers)
    first = world.admin.get(f"{URL}?sort=resolve_due_at&limit=1").get_json()
    assert first["items"][0]["description"] == "low"
    rest = world.admin.get(f"{URL}?sort=resolve_due_at&cursor={first['next_cursor']}").get_json()
    assert [item["description"] for item in rest["items"]] == ["critical", "high", "done"]
    assert found(world, "sort=-resolve_due_at")[-1] == "low"


def test_what_is_found_is_counted(world: World) -> None:
    mine = world.complaint(severity="high", site="North")
    world.admin.put(f"{URL}/{mine['id']}/assignee", json={"operator_id": "me"})
    move(world, world.complaint(site="North"), "resolved")
    world.complaint(site="South", severity="critical")
    # When
    body = world.admin.get(f"{URL}/counts?site=North").get_json()
    # Then
    assert {name: body[name] for name in body if not name.startswith("by_")} == {
        "total": 2,
        "open": 1,
        "overdue": 0,
        "unacknowledged": 1,
        "mine": 1,
        "unassigned": 0,
    }
    assert (body["by_status"]["resolved"], body["by_severity"]["high"], body["by_severity"]["low"]) == (
        1,
        1,
        0,
    )
    limited = world.signed_in("viewer", sites=["South"]).get(f"{URL}/counts").get_json()
    assert (limited["total"], limited["mine"]) == (1, 0)
    program = world.program("complaints:read").get(f"{URL}/counts").get_json()
    assert (program["unassigned"], program["mine"]) == (1, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        "near=1,2",
        "near=91,0,5",
        "near=1,2,0",
        "near=1,nan,5",
        "near=1,2,1e9",
        "status=closed",
        "due_before=x",
    ],
)
def test_what_makes_no_sense_is_refused(world: World, query: str) -> None:
    problem_of(world.admin.get(f"{URL}?{query}"), 422)
    problem_of(world.admin.get(f"{URL}/counts?{query}"), 422)
