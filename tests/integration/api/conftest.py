"""The API as Flask's test client sees it, on a database and a Valkey of its own; pokes are recorded, not sent."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from redis import Redis

from complaints.accounts import passwords
from complaints.settings import Settings
from tests.integration.api.kept_apps import KeptApps
from tests.integration.api.kept_promises import broken_promises
from tests.integration.api.people import Pokes, World
from tests.kept_databases import KeptDatabase


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


@pytest.fixture(scope="session")
def kept_apps(kept_databases: dict[str, KeptDatabase]) -> Iterator[KeptApps]:
    """The applications that are kept with their databases."""
    with closing(KeptApps()) as apps:
        yield apps


@pytest.fixture
def app(
    settings: Settings, pokes: Pokes, kept_databases: dict[str, KeptDatabase], kept_apps: KeptApps
) -> Iterator[APIFlask]:
    """The application; one on a kept database is kept with it, and is as new."""
    keeper = kept_apps if settings.database_url in kept_databases else KeptApps()
    made = keeper.get(settings, pokes.record)
    yield made
    broken = broken_promises(made)
    made.extensions["redress"].poker.close()
    if keeper is not kept_apps:
        keeper.close()
    assert not broken, "\n".join(broken)


@pytest.fixture
def world(app: APIFlask) -> World:
    """People and programs that call the API, and a look behind it."""
    return World(app)
