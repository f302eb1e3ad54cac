"""Tries are counted: failed sign-ins by account and by address, submissions by address and by key."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.api.people import PASSWORD, World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "login_failures_per_account": "3/60",
        "login_failures_per_address": "5/60",
        "public_intake": True,
        "intake_rate_anonymous": "2/60",
        "intake_rate_key": "2/60",
    }


def sign_in(world: World, email: str, password: str, address: str = "192.0.2.1") -> TestResponse:
    return world.anonymous.post(
        "/api/v1/auth/login",
        json={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def check_failures_are_throttled_by_account(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    # When
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        assert sign_in(world, "ada@example.org", "wrong", address).status_code == 401
    # Then
    response = sign_in(world, "ada@example.org", PASSWORD, "192.0.2.4")
    assert problem_of(response, 429)["code"] == "throttled"
    assert 0 < int(response.headers["Retry-After"]) <= 60


def test_failures_are_throttled_by_account_wherever_they_come_from(world: World) -> None:
    check_failures_are_throttled_by_account(world)


def test_failures_are_throttled_by_address_whomever_they_try(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    # When
    for number in range(5):
        assert sign_in(world, f"{number}@example.org", "wrong").status_code == 401
    # Then
    problem_of(sign_in(world, "ada@example.org", PASSWORD), 429)
    assert sign_in(world, "ada@example.org", PASSWORD, "192.0.2.2").status_code == 200


def test_successes_do_not_count(world: World) -> None:
    world.operator(email="ada@example.org", password=PASSWORD)
    for _ in range(7):
        assert sign_in(world, "ada@example.org", PASSWORD).status_code == 200


def test_anonymous_submissions_are_throttled_by_address(world: World) -> None:
    # Given
    def submit(address: str) -> TestResponse:
        return world.anonymous.post(
            "/api/v1/complaints", json={"description": "x"}, environ_base={"REMOTE_ADDR": address}
        )

    # When
    assert [submit("192.0.2.1").status_code for _ in range(2)] == [201, 201]
    # Then
    problem_of(submit("192.0.2.1"), 429)
    assert submit("192.0.2.2").status_code == 201


def test_submissions_by_key_are_throttled_by_key(world: World) -> None:
    # Given
    busy, calm = world.program(), world.program()
    # When
    codes = [busy.post("/api/v1/complaints", json={"description": "x"}).status_code for _ in range(3)]
    # Then
    assert codes == [201, 201, 429]
    assert calm.post("/api/v1/complaints", json={"description": "x"}).status_code == 201


class TestWithoutRedis:
    @pytest.fixture
    def overrides(self, overrides: dict[str, Any]) -> dict[str, Any]:
        return {**overrides, "redis_url": NOBODY}

    def test_each_process_counts_for_itself(self, world: World) -> None:
        check_failures_are_throttled_by_account(world)
