"""Operators: adding, inviting, changing, closing."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from complaints.accounts.sessions import REVOKED_CHANNEL
from complaints.models import Invitation, Operator
from tests.integration.api.people import PASSWORD, World, problem_of

URL = "/api/v1/operators"
ACCEPT = "/api/v1/invitations/accept"
ME = "/api/v1/auth/me"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = {"email": "Bob@Example.org", "name": "Bob", "role": "agent"}


def sign_in(world: World, email: str, password: str) -> Any:
    return world.anonymous.post("/api/v1/auth/login", json={"email": email, "password": password})


def invited(world: World, **fields: Any) -> dict[str, Any]:
    response = world.admin.post(URL, json={**NEW, **fields})
    assert response.status_code == 201, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    return body


def test_an_operator_with_a_password_signs_in(world: World) -> None:
    # When
    body = invited(world, password=PASSWORD, sites=["North"])
    # Then
    assert body["invitation"] is None
    assert (body["email"], body["role"], body["sites"]) == ("bob@example.org", "agent", ["North"])
    assert sign_in(world, "bob@example.org", PASSWORD).status_code == 200


def test_an_invitation_lets_its_operator_choose_a_password_once(world: World) -> None:
    # Given
    invitation = invited(world)["invitation"]
    assert invitation["url"].endswith(f"/invitation#{invitation['token']}")
    assert invitation["token"] not in str([vars(row) for row in world.all(Invitation)])
    form = {"token": invitation["token"], "password": PASSWORD}
    # When
    accepted = world.anonymous.post(ACCEPT, json=form)
    # Then
    body = accepted.get_json()
    assert body["operator"]["role"] == "agent"
    assert world.with_token(body["access_token"]).get(ME).status_code == 200
    assert sign_in(world, "bob@example.org", PASSWORD).status_code == 200
    again = problem_of(world.anonymous.post(ACCEPT, json=form), 422)
    assert again["errors"][0]["pointer"] == "/token"


def test_an_invitation_ends_after_72_hours_and_with_the_next_one(world: World) -> None:
    # Given
    body = invited(world)
    first = body["invitation"]["token"]
    second = world.admin.post(f"{URL}/{body['id']}/invitations").get_json()["token"]
    third = world.admin.post(f"{URL}/{body['id']}/invitations").get_json()["token"]
    with world.database.write() as session:
        session.execute(update(Invitation).values(expires_at=Invitation.created_at))
    # Then
    for token in (first, second, third, "nonsense"):
        problem_of(world.anonymous.post(ACCEPT, json={"token": token, "password": PASSWORD}), 422)
    row = world.all(Invitation)[-1]
    assert row.used_at is None


def test_accepting_again_ends_the_sessions_of_before(world: World) -> None:
    # Given
    client = world.signed_in("agent")
    operator_id = world.who(client).id
    token = world.admin.post(f"{URL}/{operator_id}/invitations").get_json()["token"]
    # When
    world.anonymous.post(ACCEPT, json={"token": token, "password": PASSWORD})
    # Then
    problem_of(client.get(ME), 401)


@SQLITE
def test_an_email_is_taken_whatever_its_case(world: World) -> None:
    invited(world)
    assert problem_of(world.admin.post(URL, json={**NEW, "email": "BOB@example.ORG"}), 409)


@SQLITE
def test_what_makes_no_operator_is_refused(world: World) -> None:
    before = len(world.all(Operator))
    wrong: list[tuple[str, Any]] = [
        ("email", "nobody"),
        ("email", "x" * 400 + "@example.org"),
        ("name", ""),
        ("role", "king"),
        ("sites", []),
        ("sites", [5]),
        ("password", "too short"),
        ("password", "x" * 1025),
    ]
    for field, value in wrong:
        body = problem_of(world.admin.post(URL, json={**NEW, field: value}), 422)
        assert body["errors"][0]["pointer"].startswith(f"/{field}")
    world.admin.post("/api/v1/sites", json={"name": "North"})
    body = problem_of(world.admin.post(URL, json={**NEW, "sites": ["South"]}), 422)
    assert body["errors"][0]["pointer"] == "/sites"
    assert len(world.all(Operator)) == before + 1


@SQLITE
def test_agents_see_colleagues_admins_see_all_of_them_viewers_nothing(world: World) -> None:
    # Given
    agent, admin = world.signed_in("agent", sites=["North"]), world.admin
    # When
    seen = agent.get(f"{URL}?limit=1").get_json()
    rest = agent.get(f"{URL}?cursor={seen['next_cursor']}").get_json()
    whole = admin.get(URL).get_json()
    # Then
    items = seen["items"] + rest["items"]
    assert [set(item) for item in items] == [{"id", "email", "name", "role", "active"}] * 2
    assert [item["sites"] for item in whole["items"]] == [["North"], None]
    problem_of(world.signed_in("viewer").get(URL), 403)
    problem_of(agent.get(f"{URL}/{world.who(admin).id}"), 403)
    assert admin.get(f"{URL}/{world.who(agent).id}").get_json() == whole["items"][0]


@SQLITE
def test_only_an_admin_of_every_site_runs_the_place(world: World) -> None:
    # Given
    operator_id = world.operator().id
    clients = [
        world.signed_in("agent"),
        world.signed_in("admin", sites=["North"]),
        world.program(),
        world.anonymous,
    ]
    before = world.counts()
    # Then
    for client in clients:
        expected = 401 if client in clients[2:] else 403
        problem_of(client.post(URL, json=NEW), expected)
        problem_of(client.patch(f"{URL}/{operator_id}", json={"role": "admin"}), expected)
        problem_of(client.post(f"{URL}/{operator_id}/invitations"), expected)
        problem_of(client.post("/api/v1/api-clients", json={"name": "x"}), expected)
        problem_of(client.post("/api/v1/sites", json={"name": "x"}), expected)
        problem_of(client.delete("/api/v1/categories/noise"), expected)
    assert world.counts() == before


def test_a_change_of_rights_counts_at_once_and_hubs_are_told(world: World, redis: Redis) -> None:
    # Given
    client = world.signed_in("agent")
    operator_id = world.who(client).id
    world.complaint(site="South")
    admin = world.admin
    with redis.pubsub() as channel:
        channel.subscribe(REVOKED_CHANNEL)
        channel.get_message(timeout=2)
        # When
        response = admin.patch(f"{URL}/{operator_id}", json={"role": "viewer", "sites": ["North"]})
        # Then
        assert response.get_json()["sites"] == ["North"]
        message = channel.get_message(timeout=2)
        assert message is not None
        assert message["data"].decode() == f"operator:{operator_id}"
    assert client.get("/api/v1/complaints").get_json()["items"] == []
    problem_of(client.post("/api/v1/complaints", json={"description": "x", "site": "North"}), 403)


def test_a_closed_account_is_out_at_once_and_stays_out_until_it_is_opened(world: World) -> None:
    # Given
    operator = world.operator(email="ada@example.org", password=PASSWORD)
    client = world.signed_in(operator)
    path = f"{URL}/{operator.id}"
    # When
    closed = world.admin.patch(path, json={"active": False}).get_json()
    # Then
    assert closed["active"] is False
    problem_of(client.get(ME), 401)
    problem_of(sign_in(world, "ada@example.org", PASSWORD), 401)
    problem_of(world.admin.post(f"{path}/invitations"), 409)
    # When
    world.admin.patch(path, json={"active": True})
    # Then
    problem_of(client.get(ME), 401)
    assert sign_in(world, "ada@example.org", PASSWORD).status_code == 200


@SQLITE
def test_the_last_who_can_run_the_place_stays(world: World) -> None:
    # Given
    operator = world.operator("admin", password=PASSWORD)
    admin = world.signed_in(operator)
    world.operator("admin")
    world.operator("admin", sites=["North"], password=PASSWORD)
    # Then
    for fields in ({"active": False}, {"role": "agent"}, {"sites": ["North"]}):
        problem_of(admin.patch(f"{URL}/{operator.id}", json=fields), 409)
    assert admin.get(ME).get_json()["role"] == "admin"
    # When
    world.operator("admin", password=PASSWORD)
    # Then
    assert admin.patch(f"{URL}/{operator.id}", json={"role": "agent"}).status_code == 200


def test_two_admins_cannot_close_each_other_at_once(world: World) -> None:
    # Given
    admins = [world.operator("admin", password=PASSWORD) for _ in range(2)]
    clients = [world.signed_in(operator) for operator in admins]
    start = threading.Barrier(2)
    codes: list[int] = []

    def close(number: int) -> None:
        start.wait()
        path = f"{URL}/{admins[1 - number].id}"
        codes.append(clients[number].patch(path, json={"active": False}).status_code)

    threads = [threading.Thread(target=close, args=(number,)) for number in range(2)]
    # When
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then
    assert sum(row.active for row in world.all(Operator)) == 1
    assert codes.count(200) == 1


@SQLITE
def test_an_invitation_lasts_three_days(world: World) -> None:
    invited(world)
    row = world.all(Invitation)[0]
    assert row.expires_at - row.created_at == timedelta(hours=72)
