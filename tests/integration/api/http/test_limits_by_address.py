"""Every limit by address counts the same client, however a proxy writes where it comes from."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROXY = "198.51.100.7"
SAME: dict[str, list[str]] = {
    "an address": ["192.0.2.1", "192.0.2.1"],
    "ports": ["192.0.2.1:50312", "192.0.2.1:50313", '"192.0.2.1:7"'],
    "IPv4 in the clothes of IPv6": ["::ffff:192.0.2.1", "[::FFFF:c000:201]:80", "192.0.2.1"],
    "IPv4 by way of IPv6": ["64:ff9b::192.0.2.1", "192.0.2.1"],
    "one network of IPv6": ["2001:db8:1:2::3", "[2001:DB8:1:2:ffff::4]:443", "2001:db8:1:2:a:b:c:d%eth0"],
    "what the client itself wrote before": ["203.0.113.9, 192.0.2.1", '", 192.0.2.1', "a,,b , 192.0.2.1:1"],
    "what is no address": ["unknown", "_hidden", "192.0.2.999", ""],
}
OTHERS = ["192.0.2.2", "2001:db8:1:3::3", "64:ff9b::192.0.2.3"]


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "trusted_proxies": 1,
        "public_intake": True,
        "intake_rate_anonymous": "2/60",
        "login_failures_per_address": "2/60",
    }


def submit(world: World, forwarded: str, _turn: int) -> TestResponse:
    return world.app.test_client().post(
        "/api/v1/complaints",
        json={"description": "x"},
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": PROXY},
    )


def fail_to_sign_in(world: World, forwarded: str, turn: int) -> TestResponse:
    return world.app.test_client().post(
        "/api/v1/auth/login",
        json={"email": f"nobody-{turn}@example.org", "password": "a guess"},
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": PROXY},
    )


@pytest.mark.parametrize("door", [submit, fail_to_sign_in])
@pytest.mark.parametrize("forms", SAME.values(), ids=SAME)
def test_one_client_is_one_client_in_whatever_form(world: World, door: Any, forms: list[str]) -> None:
    # Given: as many tries as there may be
    for turn in range(2):
        assert door(world, forms[turn % len(forms)], turn).status_code in (201, 401)
    # When, Then
    for turn, form in enumerate(forms):
        problem_of(door(world, form, turn + 2), 429)
    for turn, other in enumerate(OTHERS):
        assert door(world, other, turn + 10).status_code in (201, 401)


class TestWithoutProxies:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"public_intake": True, "intake_rate_anonymous": "2/60"}

    def test_nobody_is_believed_to_be_somebody_else(self, world: World) -> None:
        answers = [submit(world, f"192.0.2.{turn}", turn).status_code for turn in range(3)]
        assert answers == [201, 201, 429]
