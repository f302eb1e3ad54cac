"""API clients and their keys."""

from datetime import timedelta

import pytest

from complaints.clock import to_wire, utcnow
from complaints.models import ApiKey
from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "/api/v1/api-clients"
SUBMIT = "/api/v1/complaints"


@pytest.fixture
def path(world: World) -> str:
    """The address of a new API client."""
    return f"{URL}/{world.admin.post(URL, json={'name': 'Portal'}).get_json()['id']}"


def submit(world: World, key: str) -> int:
    return world.anonymous.post(SUBMIT, json={"description": "x"}, headers={"X-API-Key": key}).status_code


def test_a_key_is_shown_once_and_kept_as_a_hash(world: World, path: str) -> None:
    # When
    response = world.admin.post(f"{path}/keys", json={})
    # Then
    assert response.status_code == 201
    made = response.get_json()
    assert made["key"].startswith(made["prefix"] + "_")
    assert made["scopes"] == ["complaints:submit", "complaints:read_own"]
    assert (made["sites"], made["rate"], made["expires_at"]) == (None, None, None)
    assert submit(world, made["key"]) == 201
    listed = world.admin.get(f"{path}/keys").get_json()["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert listed[0]["used_at"] is not None
    assert "key" not in listed[0]
    assert made["key"].removeprefix(made["prefix"])[1:] not in str(vars(world.all(ApiKey)[0]))


def test_a_key_opens_what_was_asked_for_until_it_ends(world: World, path: str) -> None:
    # Given
    soon = to_wire(utcnow() + timedelta(days=1))
    form = {"scopes": ["complaints:read"], "expires_at": soon}
    # When
    made = world.admin.post(f"{path}/keys", json=form).get_json()
    # Then
    assert (made["scopes"], made["expires_at"]) == (["complaints:read"], soon)
    assert submit(world, made["key"]) == 403


def test_what_makes_no_key_is_refused(world: World, path: str) -> None:
    wrong = [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": 4102444800},
        {"expires_at": "4102444800"},
        {"sites": []},
        {"rate": "60"},
        {"rate": "0/60"},
        {"rate": "60/0.5"},
        {"rate": "100000/60"},
    ]
    for form in wrong:
        body = problem_of(world.admin.post(f"{path}/keys", json=form), 422)
        assert body["errors"][0]["pointer"].startswith(f"/{next(iter(form))}")
    assert world.all(ApiKey) == []


def test_a_revoked_key_is_refused_and_stays_listed(world: World, path: str) -> None:
    # Given
    made = world.admin.post(f"{path}/keys", json={}).get_json()
    other = world.admin.post(URL, json={"name": "Other"}).get_json()["id"]
    # Then
    problem_of(world.admin.delete(f"{URL}/{other}/keys/{made['id']}"), 404)
    assert world.admin.delete(f"{path}/keys/{made['id']}").status_code == 204
    assert submit(world, made["key"]) == 401
    problem_of(world.admin.delete(f"{path}/keys/{made['id']}"), 404)
    assert world.admin.get(f"{path}/keys").get_json()["items"][0]["revoked_at"] is not None


def test_a_closed_client_has_no_good_key(world: World, path: str) -> None:
    # Given
    key = world.admin.post(f"{path}/keys", json={}).get_json()["key"]
    # When
    body = world.admin.patch(path, json={"active": False}).get_json()
    # Then
    assert body["active"] is False
    assert submit(world, key) == 401
    world.admin.patch(path, json={"active": True})
    assert submit(world, key) == 201


def test_names_are_taken_once(world: World, path: str) -> None:
    problem_of(world.admin.post(URL, json={"name": " Portal "}), 409)
    world.admin.post(URL, json={"name": "Other"})
    problem_of(world.admin.patch(path, json={"name": "Other"}), 409)
    assert world.admin.patch(path, json={"name": "Gate"}).get_json()["name"] == "Gate"
    assert [item["name"] for item in world.admin.get(URL).get_json()["items"]] == ["Gate", "Other"]
