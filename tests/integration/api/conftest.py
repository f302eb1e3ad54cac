"""The API as Flask's test client sees it, on a database and a Valkey of its own; pokes are recorded, not sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from redis import Redis

from complaints.accounts import passwords
from complaints.settings import Settings
from tests.integration.api.people import Pokes, World
from web.app import create_app


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with its least cost."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings that a test module wants otherwise."""
    return {}


@pytest.fixture
def settings(database_url: str, valkey_url: str, overrides: dict[str, Any]) -> Settings:
    values: dict[str, Any] = {
        "redress_env": "test",
        "database_url": database_url,
        "redis_url": valkey_url,
        "jwt_secret_key": "for-tests-only-0123456789abcdefghij",
        **overrides,
    }
    return Settings(**values)


@pytest.fixture
def pokes(redis: Redis) -> Pokes:
    return Pokes(redis)


@pytest.fixture
def app(settings: Settings, pokes: Pokes) -> Iterator[APIFlask]:
    made = create_app(settings, enqueue=pokes.record)
    yield made
    here = made.extensions["redress"]
    here.poker.close()
    here.database.close()
    here.redis.close()


@pytest.fixture
def world(app: APIFlask) -> World:
    """People and programs that call the API, and a look behind it."""
    return World(app)
