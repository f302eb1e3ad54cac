"""What programs do to complaints with their keys, and in whose name it stands."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from complaints.models import ApiKey, Comment, Event
from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "/api/v1/complaints"


@pytest.fixture
def program(world: World) -> FlaskClient:
    """A program that may do all that programs can."""
    return world.program()


@pytest.fixture
def path(world: World) -> str:
    """The address of a complaint that somebody else submitted."""
    return f"{URL}/{world.complaint()['id']}"


def actor_of(world: World) -> dict[str, Any]:
    """Return who the one program is, as events say it."""
    client = world.all(ApiKey)[0].client
    return {"kind": "api_client", "id": str(client.id), "name": client.name}


def test_its_changes_stand_in_its_name(world: World, program: FlaskClient, path: str) -> None:
    # Given
    agent = world.operator("agent", name="Grace")
    # When
    answers = [
        program.post(f"{path}/status", json={"status": "acknowledged"}),
        program.put(f"{path}/assignee", json={"operator_id": str(agent.id)}),
        program.patch(path, json={"subject": "Lift"}, headers={"If-Match": '"3"'}),
        program.post(f"{path}/comments", json={"text": "The sensor agrees", "visibility": "public"}),
        program.delete(f"{path}/assignee"),
        program.post(f"{URL}/bulk", json={"ids": [path.rpartition("/")[2]], "status": "resolved"}),
    ]
    # Then
    assert [answer.status_code for answer in answers] == [200, 200, 200, 201, 200, 200]
    told = program.get(f"{path}/events").get_json()["items"][1:]
    assert [event["name"] for event in told] == [
        "status_update",
        "assignment_update",
        "complaint_update",
        "comment_added",
        "assignment_update",
        "status_update",
    ]
    assert {tuple(event["actor"].items()) for event in told} == {tuple(actor_of(world).items())}
    assert answers[3].get_json()["author"] == actor_of(world)
    assert world.all(Comment)[0].author_kind == "api_client"


def test_nothing_is_assigned_to_a_program(world: World, program: FlaskClient, path: str) -> None:
    refused = problem_of(program.put(f"{path}/assignee", json={"operator_id": "me"}), 422)
    assert refused["errors"][0]["pointer"] == "/operator_id"
    form = {"ids": [path.rpartition("/")[2]], "operator_id": "me"}
    [result] = program.post(f"{URL}/bulk", json=form).get_json()["results"]
    assert (result["ok"], result["error"]["code"]) == (False, "invalid")
    problem_of(program.get(URL, query_string={"assignee": "me"}), 403)
    assert [event.type for event in world.all(Event)] == ["new_complaint"]


def test_an_internal_comment_is_read_by_no_program(world: World, program: FlaskClient, path: str) -> None:
    # Given
    for visibility in ("internal", "public"):
        world.admin.post(f"{path}/comments", json={"text": visibility, "visibility": visibility})
    # Then
    assert [one["text"] for one in program.get(f"{path}/comments").get_json()["items"]] == ["public"]
    assert "internal" in str(program.get(f"{path}/events").get_json())
    texts = [event.changes["comment"][1].get("text") for event in world.all(Event)[1:]]
    assert texts == [None, "public"]


def test_a_program_with_its_own_reads_nothing_else(world: World, path: str) -> None:
    # Given
    usual = world.program("complaints:submit", "complaints:read_own")
    own = usual.post(URL, json={"description": "Mine", "severity": "high"}).get_json()
    # Then
    assert [one["id"] for one in usual.get(URL).get_json()["items"]] == [own["id"]]
    assert usual.get(f"{URL}/{own['reference']}").get_json() == own
    assert len(usual.get(f"{URL}/{own['id']}/events").get_json()["items"]) == 1
    for gone in (path, f"{path}/events", f"{path}/comments"):
        problem_of(usual.get(gone), 404)
    lines = usual.get(f"{URL}/export.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert own["reference"] in lines[1]
    figures = usual.get("/api/v1/stats").get_json()
    assert (figures["total"], figures["by_severity"]["high"]) == (1, 1)
    problem_of(usual.get("/api/v1/events"), 403)


def test_a_program_with_its_own_changes_nothing_else(world: World, path: str) -> None:
    # Given
    program = world.program("complaints:submit", "complaints:read_own", "complaints:write", "comments:write")
    own = program.post(URL, json={"description": "Mine"}).get_json()["id"]
    other = path.rpartition("/")[2]
    # Then
    problem_of(program.post(f"{path}/status", json={"status": "resolved"}), 404)
    problem_of(program.post(f"{path}/comments", json={"text": "x"}), 404)
    problem_of(program.patch(path, json={"subject": "x"}, headers={"If-Match": "*"}), 404)
    assert program.post(f"{URL}/{own}/comments", json={"text": "x"}).status_code == 201
    body = problem_of(
        program.post(f"{URL}/{own}/status", json={"status": "duplicate", "duplicate_of": other}), 422
    )
    assert body["errors"][0]["pointer"] == "/duplicate_of"
    results = program.post(f"{URL}/bulk", json={"ids": [own, other], "status": "resolved"}).get_json()[
        "results"
    ]
    assert [one["ok"] for one in results] == [True, False]


def test_a_program_of_a_site_moves_nothing_away_and_follows_what_was_moved(world: World) -> None:
    # Given
    program = world.program(sites=("North",))
    moved = world.complaint(site="North")["id"]
    world.complaint(site="South")
    # When
    problem_of(program.patch(f"{URL}/{moved}", json={"site": "South"}, headers={"If-Match": "*"}), 403)
    world.admin.patch(f"{URL}/{moved}", json={"site": "South"}, headers={"If-Match": "*"})
    world.number()
    # Then
    feed = program.get("/api/v1/events").get_json()
    assert [(one["name"], one["data"]["id"]) for one in feed["items"]] == [
        ("new_complaint", moved),
        ("removed", moved),
    ]
    assert feed["sites"] == ["North"]
    problem_of(program.get(f"{URL}/{moved}"), 404)


def test_a_comment_that_a_program_sends_again_is_the_same_one(program: FlaskClient, path: str) -> None:
    headers = {"Idempotency-Key": "k"}
    first, again = (program.post(f"{path}/comments", json={"text": "x"}, headers=headers) for _ in range(2))
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
