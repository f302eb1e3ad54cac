"""Passwords: changed by who knows the old one, chosen anew by who has a link. Whoever was signed in is out."""

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update
from werkzeug.test import TestResponse

from complaints.accounts.sessions import REVOKED_CHANNEL
from complaints.models import OperatorSession, PasswordReset
from tests.integration.api.people import PASSWORD, World, problem_of

LOGIN = "/api/v1/auth/login"
CHANGE = "/api/v1/auth/password"
RESET = "/api/v1/auth/password/reset"
ME = "/api/v1/auth/me"
NEW = "a staple of another kind"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"login_failures_per_account": "3/60"}


def sign_in(world: World, password: str, email: str = "ada@example.org") -> TestResponse:
    return world.anonymous.post(LOGIN, json={"email": email, "password": password})


def change(client: Any, current: str = PASSWORD, new: str = NEW) -> TestResponse:
    response: TestResponse = client.post(CHANGE, json={"current_password": current, "new_password": new})
    return response


def token_for(world: World, operator_id: object) -> str:
    response = world.admin.post(f"/api/v1/operators/{operator_id}/reset")
    assert response.status_code == 201, response.get_data(as_text=True)
    return str(response.get_json()["url"]).partition("/reset#")[2]


def test_a_change_ends_every_other_session_and_leaves_ones_own(world: World, redis: Redis) -> None:
    # Given
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    own, other = world.signed_in(ada), world.signed_in(ada)
    with redis.pubsub() as channel:
        channel.subscribe(REVOKED_CHANNEL)
        channel.get_message(timeout=2)
        # When
        assert change(own).status_code == 204
        # Then
        message = channel.get_message(timeout=2)
        assert message is not None
        assert message["data"].decode() == f"operator:{ada.id}"
    assert own.get(ME).status_code == 200
    problem_of(other.get(ME), 401)
    problem_of(sign_in(world, PASSWORD), 401)
    assert sign_in(world, NEW).status_code == 200


@SQLITE
def test_who_does_not_know_the_password_changes_nothing_and_is_throttled_as_at_the_sign_in(
    world: World,
) -> None:
    # Given
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    own, other = world.signed_in(ada), world.signed_in(ada)
    # When
    for _ in range(3):
        assert problem_of(change(own, current="a guess"), 422)["errors"][0]["pointer"] == "/current_password"
    # Then
    assert int(change(own).headers["Retry-After"]) > 0
    problem_of(sign_in(world, PASSWORD), 429)
    assert other.get(ME).status_code == 200
    problem_of(change(world.anonymous), 401)


@SQLITE
def test_a_password_that_is_too_short_is_refused(world: World) -> None:
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    problem = problem_of(change(world.signed_in(ada), new="short"), 422)
    assert problem["errors"][0]["pointer"] == "/new_password"
    assert sign_in(world, PASSWORD).status_code == 200


@SQLITE
def test_a_change_voids_the_links_that_were_given(world: World) -> None:
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    token = token_for(world, ada.id)
    assert change(world.signed_in(ada)).status_code == 204
    problem_of(world.anonymous.post(RESET, json={"token": token, "password": PASSWORD}), 422)


def test_a_link_lets_its_operator_choose_a_password_once_and_ends_every_session(world: World) -> None:
    # Given
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    stolen = world.signed_in(ada)
    first, second = token_for(world, ada.id), token_for(world, ada.id)
    assert first not in str([vars(row) for row in world.all(PasswordReset)])
    # When
    answer = world.anonymous.post(RESET, json={"token": first, "password": NEW})
    # Then it is answered as a sign-in
    body = answer.get_json()
    assert body["operator"]["email"] == "ada@example.org"
    assert world.with_token(body["access_token"]).get(ME).status_code == 200
    problem_of(stolen.get(ME), 401)
    assert sign_in(world, NEW).status_code == 200
    # And neither that link nor another opens anything any more
    for token in (first, second):
        problem = problem_of(world.anonymous.post(RESET, json={"token": token, "password": PASSWORD}), 422)
        assert problem["errors"][0]["pointer"] == "/token"


@SQLITE
def test_a_link_carries_cookies_where_a_page_asks_for_them(world: World) -> None:
    ada = world.operator(email="ada@example.org")
    form = {"token": token_for(world, ada.id), "password": NEW, "cookies": True}
    browser = world.app.test_client()
    assert "access_token" not in browser.post(RESET, json=form).get_json()
    assert browser.get(ME).get_json()["email"] == "ada@example.org"


@SQLITE
def test_a_link_ends_after_an_hour(world: World) -> None:
    # Given
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    token = token_for(world, ada.id)
    # When
    [row] = world.all(PasswordReset)
    assert row.expires_at - row.created_at == timedelta(hours=1)
    with world.database.write() as session:
        session.execute(update(PasswordReset).values(expires_at=PasswordReset.created_at))
    # Then
    problem_of(world.anonymous.post(RESET, json={"token": token, "password": NEW}), 422)
    assert sign_in(world, PASSWORD).status_code == 200


@SQLITE
def test_a_closed_account_gets_no_link_and_one_that_was_given_opens_nothing(world: World) -> None:
    # Given
    ada = world.operator(email="ada@example.org", password=PASSWORD)
    token = token_for(world, ada.id)
    # When
    world.admin.patch(f"/api/v1/operators/{ada.id}", json={"active": False})
    # Then
    problem_of(world.anonymous.post(RESET, json={"token": token, "password": NEW}), 422)
    problem_of(world.admin.post(f"/api/v1/operators/{ada.id}/reset"), 409)
    assert world.count(OperatorSession) == 1


@SQLITE
def test_an_admin_of_some_sites_makes_links_for_those_whom_they_run(world: World) -> None:
    limited = world.signed_in("admin", sites=["North"])
    near, far = world.operator(sites=["North"]), world.operator(sites=["South"])
    assert limited.post(f"/api/v1/operators/{near.id}/reset").status_code == 201
    problem_of(limited.post(f"/api/v1/operators/{far.id}/reset"), 404)
    problem_of(limited.post(f"/api/v1/operators/{world.operator('admin').id}/reset"), 404)
