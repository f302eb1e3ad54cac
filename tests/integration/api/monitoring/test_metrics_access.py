"""Metrics are for who has METRICS_TOKEN, or for this machine itself."""

from typing import Any

import pytest

from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STRONG = "6f1b0c2d9e8a7f3b5c4d1e0f9a8b7c6d5e4f3a2b"


class TestWithAToken:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"metrics_token": "scrape-me"}

    @pytest.mark.parametrize("sent", [None, "Bearer wrong", "Bearer é", "Basic c2NyYXBlLW1l", "scrape-me"])
    def test_nobody_reads_without_it(self, world: World, sent: str | None) -> None:
        headers = {} if sent is None else {"Authorization": sent}
        problem_of(world.anonymous.get("/metrics", headers=headers), 401)

    @pytest.mark.parametrize("sent", ["Bearer scrape-me", "bearer scrape-me"])
    def test_who_has_it_reads_from_anywhere(self, world: World, sent: str) -> None:
        response = world.anonymous.get(
            "/metrics", headers={"Authorization": sent}, environ_base={"REMOTE_ADDR": "192.0.2.1"}
        )
        assert b"python_info" in response.data


class TestInProduction:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {
            "redress_env": "production",
            "jwt_secret_key": STRONG,
            "public_url": "https://complaints.example.org",
            "trusted_proxies": 1,
        }

    @pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    def test_this_machine_reads(self, world: World, peer: str) -> None:
        assert world.anonymous.get("/metrics", environ_base={"REMOTE_ADDR": peer}).status_code == 200

    @pytest.mark.parametrize(
        ("peer", "headers"),
        [
            ("192.0.2.1", {}),
            ("", {}),
            ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
            ("192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}),
            ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ],
    )
    def test_nobody_else_does(self, world: World, peer: str, headers: dict[str, str]) -> None:
        response = world.anonymous.get("/metrics", environ_base={"REMOTE_ADDR": peer}, headers=headers)
        problem_of(response, 403)
