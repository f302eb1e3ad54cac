"""A database that takes no writes: readiness says so before a submission does."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import event, func, select

from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import TelegramUpdate
from complaints.upkeep.write_probe import try_write
from tests.integration.api.people import World

pytestmark = pytest.mark.own_database


def is_down(world: World) -> str:
    response = world.anonymous.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["status"] == "down"
    return str(response.get_json()["checks"]["database"]["detail"])


def test_a_try_leaves_nothing(database: Database) -> None:
    for _ in range(3):
        try_write(database, now=utcnow())
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(TelegramUpdate)) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_postgresql_that_may_only_be_read(world: World, database_url: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(f"ALTER DATABASE {other.info.dbname} SET default_transaction_read_only = on")
        world.database.engine.dispose()
        assert is_down(world) == "ReadOnlySqlTransaction"
        other.execute(f"ALTER DATABASE {other.info.dbname} RESET default_transaction_read_only")
    assert world.complaint()["status"] == "reported"  # by no connection that was opened meanwhile


@pytest.mark.parametrize("table", ["complaint", "complaint_search"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_table_that_somebody_holds(world: World, database_url: str, table: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as other:
        other.execute(f"LOCK TABLE {table}")
        assert is_down(world) == "LockNotAvailable"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_without_room(world: World) -> None:
    def fill(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(world.database.engine, "connect", fill)
    world.database.engine.dispose()
    assert is_down(world) == "database or disk is full"
