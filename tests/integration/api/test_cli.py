"""`flask release`, `restored` and `openapi`, as whoever runs it calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from complaints.models import Category, Operator, StreamMeta
from tests.integration.api.people import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def run(world: World, *arguments: str) -> str:
    result = world.app.test_cli_runner().invoke(args=list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


class TestRelease:
    @pytest.fixture
    def overrides(self, tmp_path: Path) -> dict[str, Any]:
        return {
            "database_url": f"sqlite:///{tmp_path}/new.db",
            "admin_email": "First@Example.org",
            "admin_password": "correct horse battery",
        }

    def test_it_makes_an_empty_database_ready_and_can_be_run_again(self, world: World) -> None:
        # When
        first, again = run(world, "release"), run(world, "release")
        # Then
        assert "Created the first admin" in first
        assert "Created the first admin" not in again
        (admin,) = world.all(Operator)
        assert (admin.email, admin.role) == ("first@example.org", "admin")
        assert len(world.all(Category)) == 8
        form = {"email": "first@example.org", "password": "correct horse battery"}
        assert world.anonymous.post("/api/v1/auth/login", json=form).status_code == 200


def test_after_a_restore_the_epoch_is_another(world: World) -> None:
    # Given
    with world.database.read() as session:
        before = session.scalars(select(StreamMeta.epoch)).one()
    # When
    output = run(world, "restored")
    # Then
    after = world.admin.get("/api/v1/complaints").get_json()["epoch"]
    assert after != before
    assert after in output


def test_the_document_is_written(world: World, tmp_path: Path) -> None:
    run(world, "openapi", str(tmp_path / "openapi.json"))
    assert json.loads((tmp_path / "openapi.json").read_text())["info"]["title"] == "Redress"
