"""An operator who is limited to sites sees and touches these only, at every door; and the feed."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from complaints.models import Event
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"


@pytest.fixture
def limited(world: World) -> FlaskClient:
    """An agent who is limited to North."""
    return world.signed_in("agent", sites=["North"])


def feed(client: FlaskClient, query: str = "") -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/v1/events{query}").get_json()
    return body


def test_only_what_is_theirs_is_listed(world: World, limited: FlaskClient) -> None:
    mine = world.complaint(site="North")
    world.complaint(site="South")
    world.complaint()
    assert [item["id"] for item in limited.get(URL).get_json()["items"]] == [mine["id"]]
    assert limited.get(f"{URL}?site=South").get_json()["items"] == []
    assert world.signed_in("agent", sites=[]).get(URL).get_json()["items"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_theirs_is_not_there_at_any_door(world: World, limited: FlaskClient) -> None:
    # Given
    path = f"{URL}/{world.complaint(site='South')['id']}"
    before = world.counts()
    # Then
    for part in ("", "/events", "/comments"):
        problem_of(limited.get(path + part), 404)
    headers = {"If-Match": "*"}
    problem_of(limited.patch(path, json={"subject": "x"}, headers=headers), 404)
    problem_of(limited.post(f"{path}/status", json={"status": "resolved"}), 404)
    problem_of(limited.put(f"{path}/assignee", json={"operator_id": "me"}), 404)
    problem_of(limited.delete(f"{path}/assignee"), 404)
    problem_of(limited.post(f"{path}/comments", json={"text": "x"}), 404)
    assert world.counts() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_put_out_of_ones_own_sight(world: World, limited: FlaskClient) -> None:
    # Given
    mine, theirs = world.complaint(site="North"), world.complaint(site="South")
    # Then
    for site in ({}, {"site": "South"}, {"site": None}):
        problem_of(limited.post(URL, json={"description": "x", **site}), 403)
    for site in ("South", None):
        response = limited.patch(f"{URL}/{mine['id']}", json={"site": site}, headers={"If-Match": "*"})
        problem_of(response, 403)
    form = {"status": "duplicate", "duplicate_of": theirs["id"]}
    problem_of(limited.post(f"{URL}/{mine['id']}/status", json=form), 422)
    assert limited.post(URL, json={"description": "x", "site": "North"}).status_code == 201
    assert world.counts()["event"] == 3


def test_the_feed_gives_numbered_events_in_order(world: World) -> None:
    # Given
    made = [world.complaint() for _ in range(3)]
    world.number()
    world.complaint()
    # When
    first = feed(world.program("events:read"), "?limit=2")
    second = feed(world.program("events:read"), f"?after={first['head']}")
    # Then
    assert [item["seq"] for item in first["items"] + second["items"]] == [1, 2, 3]
    assert [item["data"]["id"] for item in first["items"] + second["items"]] == [body["id"] for body in made]
    assert (first["head"], second["head"]) == (2, 3)
    assert (first["more"], second["more"]) == (True, False)
    assert (first["top"], second["top"]) == (3, 3)
    assert first["epoch"] == second["epoch"]


def test_who_is_limited_is_told_of_moves_in_and_out_and_of_nothing_else(
    world: World, limited: FlaskClient
) -> None:
    # Given
    moving = world.complaint(site="North", description="Secret")
    world.complaint(site="South")
    for version, site in enumerate(("South", "North"), start=1):
        headers = {"If-Match": f'"{version}"'}
        world.admin.patch(f"{URL}/{moving['id']}", json={"site": site}, headers=headers)
    world.number()
    # When
    body = feed(limited)
    # Then
    assert [(item["seq"], item["name"]) for item in body["items"]] == [
        (1, "new_complaint"),
        (3, "removed"),
        (4, "complaint_update"),
    ]
    removed = body["items"][1]
    assert removed["data"] == {"id": moving["id"], "reference": moving["reference"], "version": 2}
    assert removed["changes"] == {}
    assert body["head"] == 4
    assert body["complete"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_feed_says_whose_sites_it_tells_of(world: World) -> None:
    limited = world.signed_in("agent", sites=["South", "North"])
    assert [feed(client)["sites"] for client in (limited, world.admin, world.program("events:read"))] == [
        ["North", "South"],
        None,
        None,
    ]


def test_places_in_the_feed_that_cannot_be(world: World) -> None:
    for query in ("?after=-1", "?after=x", f"?after={10**30}", "?limit=0", "?limit=1001"):
        problem_of(world.admin.get(f"/api/v1/events{query}"), 422)
    assert feed(world.admin, f"?after={2**63 - 1}")["items"] == []


def test_the_feed_says_where_it_cannot_tell_everything(world: World) -> None:
    # Given
    for _ in range(4):
        world.complaint()
    world.number()
    with world.database.write() as session:
        session.execute(delete(Event).where(Event.seq <= 2))
    # When
    complete = {after: feed(world.admin, f"?after={after}")["complete"] for after in (0, 1, 2, 4, 5)}
    # Then
    assert complete == {0: False, 1: False, 2: True, 4: True, 5: False}
