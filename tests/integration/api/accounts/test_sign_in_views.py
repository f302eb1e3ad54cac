"""Signing in with a password, tokens, refreshing, sessions, signing out."""

from datetime import timedelta
from typing import Any

from flask_jwt_extended import create_access_token

from complaints.accounts.sessions import REFRESH_LIFETIME
from complaints.clock import utcnow
from complaints.models import OperatorSession
from tests.integration.api.people import PASSWORD, World, problem_of

LOGIN = "/api/v1/auth/login"
REFRESH = "/api/v1/auth/refresh"
ME = "/api/v1/auth/me"


def sign_in(world: World, email: str = "ada@example.org", password: str = PASSWORD, **more: Any) -> Any:
    return world.anonymous.post(LOGIN, json={"email": email, "password": password, **more})


def test_signing_in_gives_tokens_that_open_the_door(world: World) -> None:
    # Given
    operator = world.operator("agent", email="ada@example.org", name="Ada", password=PASSWORD)
    # When
    body = sign_in(world, " ADA@example.org ").get_json()
    # Then
    assert body["expires_in"] == 900
    assert body["operator"] == {
        "id": str(operator.id),
        "email": "ada@example.org",
        "name": "Ada",
        "role": "agent",
    }
    me = world.with_token(body["access_token"]).get(ME).get_json()
    assert (me["id"], me["sites"], me["active"]) == (str(operator.id), None, True)


WRONG = [
    ("ada@example.org", "wrong password"),
    ("bob@example.org", PASSWORD),
    ("closed@example.org", PASSWORD),
    ("invited@example.org", PASSWORD),
    ("ada\x00@example.org", PASSWORD),
]


def test_a_wrong_sign_in_never_says_what_was_wrong(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    world.operator(email="closed@example.org", password=PASSWORD, active=False)
    world.operator(email="invited@example.org")
    for email, password in WRONG:
        # When
        response = sign_in(world, email, password)
        # Then
        body = problem_of(response, 401)
        assert body["code"] == "credentials_wrong"
        assert body["detail"] == "E-mail or password is wrong."
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="redress"'


def test_what_is_no_token_is_refused(world: World) -> None:
    for token in ("", "x", "a.b.c", "e30.e30.e30", "é" * 20):
        assert problem_of(world.with_token(token).get(ME), 401)["code"] == "unauthenticated"
        response = world.anonymous.post(REFRESH, json={"refresh_token": token})
        assert problem_of(response, 401)["code"] == "unauthenticated"


def test_one_kind_of_token_does_not_pass_for_the_other(world: World) -> None:
    world.operator(email="ada@example.org", password=PASSWORD)
    tokens = sign_in(world).get_json()
    problem_of(world.with_token(tokens["refresh_token"]).get(ME), 401)
    problem_of(world.anonymous.post(REFRESH, json={"refresh_token": tokens["access_token"]}), 401)


def test_an_expired_token_says_so(world: World) -> None:
    # Given
    operator = world.operator()
    with world.app.app_context():
        token = create_access_token(str(operator.id), expires_delta=timedelta(seconds=-1))
    # When
    response = world.with_token(token).get(ME)
    # Then
    assert problem_of(response, 401)["code"] == "token_expired"


def test_a_session_past_its_time_or_of_a_closed_account_is_over(world: World) -> None:
    old = world.token(world.operator(), now=utcnow() - REFRESH_LIFETIME)
    closed = world.token(world.operator(active=False))
    for token in (old, closed):
        assert problem_of(world.with_token(token).get(ME), 401)["code"] == "session_revoked"


def test_signing_out_ends_the_session_at_once(world: World) -> None:
    client = world.signed_in()
    assert client.post("/api/v1/auth/logout").status_code == 204
    problem_of(client.get(ME), 401)


def test_my_sessions_are_listed_and_can_be_closed_one_by_one(world: World) -> None:
    # Given
    operator = world.operator()
    phone, laptop = world.with_token(world.token(operator)), world.with_token(world.token(operator))
    world.token(world.operator())
    # When
    items = laptop.get("/api/v1/auth/sessions").get_json()["items"]
    # Then
    assert [item["current"] for item in items] == [True, False]
    assert items[0]["user_agent"] == "test"
    # When
    gone = laptop.delete(f"/api/v1/auth/sessions/{items[1]['id']}")
    # Then
    assert gone.status_code == 204
    problem_of(phone.get(ME), 401)
    problem_of(laptop.delete(f"/api/v1/auth/sessions/{items[1]['id']}"), 404)


def test_nobody_closes_a_session_of_somebody_else(world: World) -> None:
    # Given
    victim = world.signed_in()
    theirs = victim.get("/api/v1/auth/sessions").get_json()["items"][0]["id"]
    # When
    response = world.signed_in("admin").delete(f"/api/v1/auth/sessions/{theirs}")
    # Then
    problem_of(response, 404)
    assert victim.get(ME).status_code == 200


def test_passwords_and_tokens_are_not_stored(world: World) -> None:
    operator = world.operator(email="ada@example.org", password=PASSWORD)
    tokens = sign_in(world).get_json()
    session_id = world.with_token(tokens["access_token"]).get("/api/v1/auth/sessions").get_json()["items"][0]
    row = world.one(OperatorSession, session_id["id"])
    assert operator.password_hash is not None
    assert operator.password_hash.startswith("$argon2id$")
    assert row.refresh_hash not in tokens["refresh_token"]
    assert len(row.refresh_hash) == 64
