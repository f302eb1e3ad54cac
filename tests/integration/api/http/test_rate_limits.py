"""Answers say how the limits stand, in the IETF's header fields; and a metric, while each process counts alone."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.api.people import PASSWORD, World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOBODY = "redis://127.0.0.1:1/0"
STANDING = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "public_intake": True,
        "intake_rate_anonymous": "2/60",
        "intake_rate_key": "5/10",
        "login_failures_per_account": "3/60",
        "login_failures_per_address": "9/30",
    }


def standings(response: TestResponse) -> dict[str, int]:
    """Return how many tries each limit has left; there is one more within its window."""
    windows = dict(re.findall(r'"([a-z-]+)";q=\d+;w=(\d+)', response.headers["RateLimit-Policy"]))
    found = STANDING.findall(response.headers["RateLimit"])
    assert all(0 < int(reset) <= int(windows[policy]) for policy, _, reset in found)
    return {policy: int(left) for policy, left, _ in found}


class TestWithRedis:
    def test_a_submission_says_what_its_address_has_left(self, world: World) -> None:
        answers = [world.anonymous.post("/api/v1/complaints", json={"description": "x"}) for _ in range(3)]
        assert [standings(one) for one in answers] == [{"intake": 1}, {"intake": 0}, {"intake": 0}]
        assert answers[0].headers["RateLimit-Policy"] == '"intake";q=2;w=60'
        refused = problem_of(answers[2], 429)
        assert refused["code"] == "throttled"
        wait = int(answers[2].headers["Retry-After"])
        assert f";t={wait}" in answers[2].headers["RateLimit"]

    def test_so_it_does_of_a_key(self, world: World) -> None:
        answer = world.program().post("/api/v1/complaints", json={"description": "x"})
        assert standings(answer) == {"intake-key": 4}

    def test_a_failed_sign_in_says_what_account_and_address_have_left_and_a_success_costs_nothing(
        self, world: World
    ) -> None:
        world.operator(email="ada@example.org", password=PASSWORD)

        def sign_in(password: str) -> dict[str, int]:
            body = {"email": "ada@example.org", "password": password}
            return standings(world.app.test_client().post("/api/v1/auth/login", json=body))

        assert sign_in("wrong") == {"login-account": 2, "login-address": 8}
        assert sign_in(PASSWORD) == {"login-account": 2, "login-address": 8}

    def test_what_counts_in_no_limit_says_nothing(self, world: World) -> None:
        assert "RateLimit" not in world.admin.get("/api/v1/complaints").headers

    def test_the_limits_are_everybody_s(self, world: World) -> None:
        assert "redress_throttle_counts_alone 0.0" in world.anonymous.get("/metrics").text


class TestWithoutRedis:
    @pytest.fixture
    def overrides(self, overrides: dict[str, Any]) -> dict[str, Any]:
        return {**overrides, "redis_url": NOBODY}

    def test_the_process_counts_for_itself_and_the_metrics_say_so(self, world: World) -> None:
        answers = [world.anonymous.post("/api/v1/complaints", json={"description": "x"}) for _ in range(3)]
        assert [standings(one) for one in answers] == [{"intake": 1}, {"intake": 0}, {"intake": 0}]
        problem_of(answers[2], 429)
        assert "redress_throttle_counts_alone 1.0" in world.anonymous.get("/metrics").text
