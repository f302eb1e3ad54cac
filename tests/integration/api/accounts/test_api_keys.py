"""What a key is limited to, and how another takes its place."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from complaints.accounts.sessions import REVOKED_CHANNEL
from complaints.clock import to_wire, utcnow
from complaints.ids import digest
from complaints.models import ApiKey
from tests.integration.api.people import World, problem_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLIENTS = "/api/v1/api-clients"
COMPLAINTS = "/api/v1/complaints"
OLDER = "rd_a-B3x9Zq_" + "s" * 43


@pytest.fixture
def path(world: World) -> str:
    """The address of the keys of a new API client."""
    return f"{CLIENTS}/{world.admin.post(CLIENTS, json={'name': 'Portal'}).get_json()['id']}/keys"


def make(world: World, path: str, **form: Any) -> dict[str, Any]:
    made: dict[str, Any] = world.admin.post(path, json=form).get_json()
    return made


def status_of(world: World, key: str) -> int:
    return world.with_key(key).get(COMPLAINTS).status_code


def expire(world: World, key_id: str) -> None:
    with world.database.write() as session:
        session.get_one(ApiKey, UUID(key_id)).expires_at = utcnow()


@SQLITE
def test_sites_are_spelt_as_they_are_known_and_must_be_there(world: World, path: str) -> None:
    # Given
    for name in ("North", "South"):
        world.admin.post("/api/v1/sites", json={"name": name})
    # When
    made = make(world, path, sites=["NORTH", "north"])
    # Then
    assert made["sites"] == ["North"]
    body = problem_of(world.admin.post(path, json={"sites": ["East"]}), 422)
    assert body["errors"][0]["pointer"] == "/sites"
    problem_of(world.admin.delete("/api/v1/sites/North"), 409)
    assert world.admin.delete("/api/v1/sites/South").status_code == 204


@SQLITE
def test_a_key_submits_to_its_sites_alone_and_sees_no_other(world: World, path: str) -> None:
    # Given
    program = world.with_key(
        make(world, path, scopes=["complaints:submit", "complaints:read"], sites=["North"])["key"]
    )
    elsewhere = world.complaint(site="South")["id"]
    # Then
    for body in ({"description": "x"}, {"description": "x", "site": "South"}):
        problem_of(program.post(COMPLAINTS, json=body), 403)
    own = program.post(COMPLAINTS, json={"description": "x", "site": "north"}).get_json()
    assert own["site"] == "North"
    assert [one["id"] for one in program.get(COMPLAINTS).get_json()["items"]] == [own["id"]]
    problem_of(program.get(f"{COMPLAINTS}/{elsewhere}"), 404)


@SQLITE
def test_a_key_has_a_rate_of_its_own(world: World, path: str) -> None:
    # Given
    made, other = make(world, path, rate="2/60"), make(world, path, rate="2/60")
    # When
    assert [status_of(world, made["key"]) for _ in range(2)] == [200, 200]
    refused = world.with_key(made["key"]).post(COMPLAINTS, json={"description": "x"})
    # Then
    assert problem_of(refused, 429)["code"] == "throttled"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert made["rate"] == "2/60"
    assert status_of(world, other["key"]) == 200


class TestWithARateForAll:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"intake_rate_key": "1/60"}

    @SQLITE
    def test_a_keys_own_rate_is_instead_of_that_of_submissions(self, world: World, path: str) -> None:
        own, usual = (world.with_key(make(world, path, **form)["key"]) for form in ({"rate": "3/60"}, {}))
        said = {"description": "x"}
        assert [own.post(COMPLAINTS, json=said).status_code for _ in range(4)] == [201, 201, 201, 429]
        assert [usual.post(COMPLAINTS, json=said).status_code for _ in range(2)] == [201, 429]


@SQLITE
def test_a_key_that_can_be_none_is_refused_without_asking_the_database(world: World, path: str) -> None:
    # Given
    key = make(world, path)["key"]
    asked: list[str] = []

    def note(*found: Any) -> None:
        asked.append(found[2])

    # When
    event.listen(world.database.engine, "before_cursor_execute", note)
    codes = [status_of(world, key[:-1] + other) for other in "0123456789" if other != key[-1]]
    event.remove(world.database.engine, "before_cursor_execute", note)
    # Then
    assert set(codes) == {401}
    assert not [statement for statement in asked if "api_key" in statement]


@SQLITE
def test_a_key_from_before_stays_good(world: World, path: str) -> None:
    # Given
    row = world.one(ApiKey, make(world, path)["id"])
    with world.database.write() as session:
        older = session.get_one(ApiKey, row.id)
        older.prefix, older.key_hash = OLDER.rpartition("_")[0], digest(OLDER)
    # Then
    assert status_of(world, OLDER) == 200
    assert status_of(world, OLDER[:-1] + "t") == 401


@SQLITE
def test_why_a_key_is_refused_is_said(world: World, path: str) -> None:
    for ending, code in ((expire, "key_expired"), (revoke, "key_revoked")):
        made = make(world, path)
        ending(world, made["id"])
        assert problem_of(world.with_key(made["key"]).get(COMPLAINTS), 401)["code"] == code


def revoke(world: World, key_id: str) -> None:
    client_id = world.one(ApiKey, key_id).client_id
    assert world.admin.delete(f"{CLIENTS}/{client_id}/keys/{key_id}").status_code == 204


def test_a_key_is_replaced_by_one_that_opens_the_same_and_stays_good_for_a_while(
    world: World, path: str
) -> None:
    # Given
    ends = to_wire(utcnow() + timedelta(days=90))
    form = {"scopes": ["complaints:read"], "sites": ["North"], "rate": "9/60", "expires_at": ends}
    old = make(world, path, **form)
    # When
    response = world.admin.post(f"{path}/{old['id']}/rotate", json={})
    # Then
    assert response.status_code == 201
    new = response.get_json()
    assert new["key"] != old["key"]
    assert [new[name] for name in ("scopes", "sites", "rate")] == [
        old[name] for name in ("scopes", "sites", "rate")
    ]
    assert abs(datetime.fromisoformat(new["expires_at"]) - datetime.fromisoformat(ends)) < timedelta(
        minutes=1
    )
    assert [status_of(world, one["key"]) for one in (old, new)] == [200, 200]
    listed = world.admin.get(path).get_json()["items"][0]
    assert listed["replaced_by"] == new["id"]
    left = datetime.fromisoformat(listed["expires_at"]) - utcnow()
    assert timedelta(hours=23) < left <= timedelta(days=1)


@SQLITE
def test_an_overlap_is_as_long_as_is_said_but_no_key_lives_longer_for_it(world: World, path: str) -> None:
    # Given
    soon = to_wire(utcnow() + timedelta(minutes=5))
    brief, lasting = make(world, path, expires_at=soon), make(world, path)
    # When
    for made, hours in ((brief, 3), (lasting, 0)):
        said = {"overlap_hours": hours}
        assert world.admin.post(f"{path}/{made['id']}/rotate", json=said).status_code == 201
    # Then
    assert world.admin.get(path).get_json()["items"][0]["expires_at"] == soon
    assert status_of(world, lasting["key"]) == 401
    for wrong in (-1, 721, "x"):
        problem_of(world.admin.post(f"{path}/{brief['id']}/rotate", json={"overlap_hours": wrong}), 422)


@SQLITE
def test_what_is_replaced_or_over_is_not_replaced(world: World, path: str) -> None:
    # Given
    replaced, over, revoked = (make(world, path) for _ in range(3))
    world.admin.post(f"{path}/{replaced['id']}/rotate", json={})
    expire(world, over["id"])
    revoke(world, revoked["id"])
    # Then
    for made in (replaced, over, revoked):
        problem_of(world.admin.post(f"{path}/{made['id']}/rotate", json={}), 409)
    other = world.admin.post(CLIENTS, json={"name": "Other"}).get_json()["id"]
    problem_of(world.admin.post(f"{CLIENTS}/{other}/keys/{over['id']}/rotate", json={}), 404)


def test_of_many_who_replace_a_key_at_once_one_does(world: World, path: str) -> None:
    # Given
    made, start = make(world, path), threading.Barrier(4)
    admins = [world.with_token(world.token(world.who(world.admin))) for _ in range(4)]

    def rotate(admin: Any) -> int:
        start.wait()
        return int(admin.post(f"{path}/{made['id']}/rotate", json={}).status_code)

    # When
    with ThreadPoolExecutor(4) as threads:
        codes = sorted(threads.map(rotate, admins))
    # Then
    assert codes == [201, 409, 409, 409]
    assert world.count(ApiKey) == 2


@SQLITE
def test_hubs_are_told_of_keys_and_clients_that_end(world: World, path: str, redis: Any) -> None:
    # Given
    first, second = make(world, path), make(world, path)
    client = path.removesuffix("/keys")
    channel = redis.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(REVOKED_CHANNEL)
    # When
    world.admin.delete(f"{path}/{first['id']}")
    world.admin.post(f"{path}/{second['id']}/rotate", json={})
    world.admin.patch(client, json={"active": False})
    # Then
    wanted = {first["id"], second["id"], f"api_client:{client.rpartition('/')[2]}"}
    told: set[str] = set()
    while told != wanted:
        message = channel.get_message(timeout=5)
        assert message is None or message["data"].decode() in wanted
        told |= set() if message is None else {message["data"].decode()}
    channel.close()


@SQLITE
def test_a_scope_is_named_once(world: World, path: str) -> None:
    assert make(world, path, scopes=["events:read", "events:read"])["scopes"] == ["events:read"]
