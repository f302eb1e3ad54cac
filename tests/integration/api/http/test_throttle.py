"""Tries are counted: failed sign-ins by account and by address, submissions by address and by key."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis
from werkzeug.test import TestResponse

from complaints.accounts import passwords
from tests.integration.api.people import PASSWORD, World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOGIN = "/api/v1/auth/login"
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
    return world.app.test_client().post(
        LOGIN,
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


def test_many_tries_at_once_are_no_more_than_as_many_one_by_one(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    # When
    with ThreadPoolExecutor(8) as attackers:
        tries = attackers.map(lambda _: sign_in(world, "ada@example.org", "wrong").status_code, range(24))
        codes = Counter(code for code in tries if code != 503)
    # Then
    assert codes[401] <= 3
    assert set(codes) <= {401, 429}


def test_who_signed_in_from_there_before_is_not_locked_out_by_strangers(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    browser = world.app.test_client()
    body = {"email": "ada@example.org", "password": PASSWORD, "cookies": True}
    assert browser.post(LOGIN, json=body, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    # When strangers fail, from elsewhere and from the same address
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9", "192.0.2.9"):
        sign_in(world, "ada@example.org", "wrong", address)
    problem_of(sign_in(world, "ada@example.org", PASSWORD, "192.0.2.1"), 429)
    # Then the owner gets in from that address, and with that browser from anywhere
    assert sign_in(world, "ada@example.org", PASSWORD, "192.0.2.7").status_code == 200
    assert browser.post(LOGIN, json=body, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
    # And their own failures are counted, too
    for _ in range(3):
        assert sign_in(world, "ada@example.org", "wrong", "192.0.2.7").status_code == 401
    problem_of(sign_in(world, "ada@example.org", PASSWORD, "192.0.2.7"), 429)


def test_a_browser_that_says_it_is_known_is_not(world: World) -> None:
    world.operator(email="ada@example.org", password=PASSWORD)
    liar = world.app.test_client()
    liar.set_cookie("known_browser", "WyJ4IixbImEiXV0.forged", path="/api/v1/auth")
    for number in range(4):
        body = {"email": "ada@example.org", "password": "wrong"}
        response = liar.post(LOGIN, json=body, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    problem_of(response, 429)


@pytest.mark.parametrize(
    "addresses",
    [
        ["2001:db8::1", "2001:db8::2:3", "[2001:db8::ffff]:443"],
        ["192.0.2.1", "192.0.2.1:50312", "::ffff:192.0.2.1"],
    ],
)
def test_one_client_is_one_however_its_address_is_written(world: World, addresses: list[str]) -> None:
    codes = [
        world.anonymous.post(
            "/api/v1/complaints", json={"description": "x"}, environ_base={"REMOTE_ADDR": address}
        ).status_code
        for address in addresses
    ]
    assert codes == [201, 201, 429]


def test_tries_that_a_clock_wrote_which_was_ahead_do_not_count(world: World, redis: Redis) -> None:
    world.operator(email="ada@example.org", password=PASSWORD)
    ahead = (redis.time()[0] + 3600) * 1_000_000
    for name in ("login-account:ada@example.org", "login-address:192.0.2.1"):
        redis.zadd(f"redress:throttle:{name}", {str(number): ahead for number in range(9)})
    assert sign_in(world, "ada@example.org", PASSWORD).status_code == 200


def test_as_many_passwords_at_once_as_memory_is_meant_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two that are being looked at, and four that wait
    world.operator(email="ada@example.org", password=PASSWORD)
    monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(1))
    with passwords._in_turn():
        # When
        response = sign_in(world, "ada@example.org", PASSWORD)
    # Then
    assert problem_of(response, 503)["code"] == "busy"
    assert response.headers["Retry-After"] == "1"
    # And it is no failure
    for _ in range(4):
        assert sign_in(world, "ada@example.org", PASSWORD).status_code == 200


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
