"""Tokens among many tabs and hosts: rotation, leeway, and how they are spelt."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from complaints.accounts.sessions import ROTATION_LEEWAY
from complaints.models import OperatorSession
from tests.integration.api.people import PASSWORD, World, problem_of

REFRESH = "/api/v1/auth/refresh"
ME = "/api/v1/auth/me"


def sign_in(world: World) -> Any:
    world.operator(email="ada@example.org", password=PASSWORD)
    body = {"email": "ada@example.org", "password": PASSWORD}
    return world.anonymous.post("/api/v1/auth/login", json=body).get_json()


def refresh(world: World, tokens: Any) -> TestResponse:
    return world.app.test_client().post(REFRESH, json={"refresh_token": tokens["refresh_token"]})


def let_sessions_age(world: World, by: timedelta) -> None:
    with world.database.write() as session:
        for row in session.scalars(select(OperatorSession)):
            row.used_at -= by


def decoded(world: World, token: str) -> Any:
    return jwt.decode(token, world.app.config["JWT_SECRET_KEY"], ["HS256"])


def test_all_who_show_one_refresh_token_at_once_are_answered_the_same(world: World) -> None:
    # Given
    first = sign_in(world)
    # When
    with ThreadPoolExecutor(4) as tabs:
        answers = [one.get_json() for one in tabs.map(lambda _: refresh(world, first), range(4))]
    # Then all go on from there, whichever they took
    assert len({one["refresh_token"] for one in answers}) == 1
    for one in answers:
        assert world.with_token(one["access_token"]).get(ME).status_code == 200
    assert refresh(world, answers[0]).status_code == 200


@pytest.mark.parametrize("how", ["after a while", "after the next one"])
def test_refreshing_rotates_and_showing_an_old_token_closes_the_session(world: World, how: str) -> None:
    # Given
    first = sign_in(world)
    second = refresh(world, first).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    assert world.with_token(second["access_token"]).get(ME).status_code == 200
    # When
    if how == "after a while":
        let_sessions_age(world, ROTATION_LEEWAY + timedelta(seconds=1))
    else:
        second = refresh(world, second).get_json()
    reused = refresh(world, first)
    # Then
    assert problem_of(reused, 401)["code"] == "session_revoked"
    assert problem_of(refresh(world, second), 401)["code"] == "session_revoked"
    assert problem_of(world.with_token(second["access_token"]).get(ME), 401)["code"] == "session_revoked"


def test_while_the_key_is_rotated_tokens_of_both_keys_are_good(world: World) -> None:
    # Given tokens of the key before, and one of a key that nobody has
    tokens = sign_in(world)
    before = world.app.config["JWT_SECRET_KEY"]
    other = jwt.encode(decoded(world, tokens["access_token"]), "x" * 40, "HS256", headers={"kid": "x"})
    # When the key is another one
    world.app.config.update(JWT_SECRET_KEY_PREVIOUS=before, JWT_SECRET_KEY="after-" + before)
    # Then
    assert world.with_token(tokens["access_token"]).get(ME).status_code == 200
    problem_of(world.with_token(other).get(ME), 401)
    renewed = refresh(world, tokens).get_json()
    # And when the one before is forgotten, only what the new one signed is good
    world.app.config.update(JWT_SECRET_KEY_PREVIOUS=None)
    problem_of(world.with_token(tokens["access_token"]).get(ME), 401)
    assert world.with_token(renewed["access_token"]).get(ME).status_code == 200
    assert refresh(world, renewed).status_code == 200


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_told_without_case(world: World, scheme: str) -> None:
    token = world.token(world.operator())
    headers = {"Authorization": f"{scheme} {token}"}
    assert world.anonymous.get(ME, headers=headers).status_code == 200


@pytest.mark.parametrize(("ahead", "status"), [(5, 200), (120, 401)])
def test_a_token_of_a_process_whose_clock_is_a_little_ahead_is_good(
    world: World, ahead: int, status: int
) -> None:
    claims = decoded(world, world.token(world.operator()))
    later = {**claims, **{name: claims[name] + ahead for name in ("iat", "nbf", "exp")}}
    token = jwt.encode(later, world.app.config["JWT_SECRET_KEY"], "HS256")
    assert world.with_token(token).get(ME).status_code == status
