"""Liveness, readiness and metrics."""

from typing import Any

import pytest
from redis import Redis

from complaints.accounts.key_format import new_key
from complaints.telegram.circuit import CIRCUIT, NO_ANSWER, TOKEN_REFUSED
from complaints.upkeep.worker_heartbeat import WORKERS, report_alive
from tests.integration.api.people import World

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOBODY = "redis://127.0.0.1:1/0"


def test_a_whole_deployment_is_ready(world: World) -> None:
    # Given
    for kind in WORKERS:
        report_alive(world.app.extensions["redress"].redis, kind)
    # When
    response = world.anonymous.get("/readyz")
    # Then
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "ok",
        "checks": {
            "database": {"status": "ok"},
            "redis": {"status": "ok"},
            "broker": {"status": "ok"},
            "workers": {"status": "ok"},
            "telegram": {"status": "off", "detail": "TELEGRAM_BOT_TOKEN is not set: alerts are off"},
            "mail": {"status": "off", "detail": "SMTP_URL is not set: no mail goes out"},
        },
    }


@SQLITE
def test_missing_workers_degrade_but_do_not_close_the_door(world: World) -> None:
    body = world.anonymous.get("/readyz").get_json()
    assert body["status"] == "degraded"
    assert body["checks"]["workers"]["detail"] == "not heard of lately: events, alerts, beat, bot"


@SQLITE
def test_liveness_and_metrics_ask_nobody(world: World) -> None:
    assert world.anonymous.get("/healthz").get_json() == {"status": "ok"}
    assert b"python_info" in world.anonymous.get("/metrics").data


@SQLITE
class TestWithTelegram:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"telegram_bot_token": "1:secret"}

    def test_its_outage_shows(self, world: World, redis: Redis) -> None:
        for reason, words in ((NO_ANSWER, "not answered"), (TOKEN_REFUSED, "refused")):
            redis.hset(CIRCUIT, mapping={"reason": reason, "since": 1_700_000_000_000})
            body = world.anonymous.get("/readyz").get_json()
            assert body["status"] == "degraded"
            assert body["checks"]["telegram"]["status"] == "down"
            assert words in body["checks"]["telegram"]["detail"]
            assert "2023-11-14T22:13:20" in body["checks"]["telegram"]["detail"]
        redis.delete(CIRCUIT)
        assert world.anonymous.get("/readyz").get_json()["checks"]["telegram"] == {"status": "ok"}


@SQLITE
class TestWithoutRedis:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"redis_url": NOBODY}

    def test_readiness_is_degraded_not_down(self, world: World) -> None:
        response = world.anonymous.get("/readyz")
        assert response.status_code == 200
        body = response.get_json()
        assert body["status"] == "degraded"
        assert body["checks"]["redis"] == {"status": "down", "detail": "ConnectionError"}
        assert body["checks"]["workers"]["status"] == "down"


@SQLITE
class TestWithoutDatabase:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"database_url": "postgresql://nobody@127.0.0.1:1/none"}

    def test_readiness_is_down(self, world: World) -> None:
        response = world.anonymous.get("/readyz")
        assert response.status_code == 503
        assert response.get_json()["checks"]["database"]["status"] == "down"

    def test_a_call_is_told_to_come_back(self, world: World) -> None:
        response = world.anonymous.get("/api/v1/complaints", headers={"X-API-Key": new_key()[1]})
        assert response.status_code == 503
        assert response.get_json()["code"] == "database_unavailable"
        assert response.headers["Retry-After"] == "5"
