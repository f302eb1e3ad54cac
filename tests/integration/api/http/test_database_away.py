"""A database that takes nothing now: 503 and when to come back, whatever its driver calls it."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from complaints.db import Database
from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.own_database

SUBMISSION = {"description": "The lift is stuck"}


def refuses(client: FlaskClient) -> None:
    """A submission is refused for now, and then another way in."""
    for _ in range(2):
        response = client.post("/api/v1/complaints", json=SUBMISSION)
        assert problem_of(response, 503)["code"] == "database_unavailable"
        assert int(response.headers["Retry-After"]) > 0


def takes(client: FlaskClient) -> None:
    assert client.post("/api/v1/complaints", json=SUBMISSION).status_code == 201


def reconnect(database: Database) -> None:
    database.engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestSqlite:
    def test_a_full_disk(self, world: World) -> None:
        # Given
        client, full = world.signed_in(), threading.Event()

        def fill(connection: sqlite3.Connection, _record: object) -> None:
            if full.is_set():
                (pages,) = connection.execute("PRAGMA page_count").fetchone()
                connection.execute(f"PRAGMA max_page_count = {pages}")

        event.listen(world.database.engine, "connect", fill)
        full.set()
        reconnect(world.database)
        # When the file can't grow any more
        while client.post("/api/v1/complaints", json=SUBMISSION).status_code == 201:
            pass
        # Then
        refuses(client)
        assert client.get("/api/v1/complaints").status_code == 200
        full.clear()
        reconnect(world.database)
        takes(client)

    def test_a_file_that_may_only_be_read(self, world: World) -> None:
        # Given
        client = world.signed_in()
        takes(client)
        event.listen(world.database.engine, "connect", _only_read)
        reconnect(world.database)
        # When, then
        refuses(client)
        event.remove(world.database.engine, "connect", _only_read)
        reconnect(world.database)
        takes(client)

    def test_a_folder_without_room_for_the_lock(self, world: World) -> None:
        # Given
        client = world.signed_in()
        lock = Path(f"{world.database.engine.url.database}.lock")
        lock.unlink()
        lock.mkdir()
        # When, then
        refuses(client)
        lock.rmdir()
        takes(client)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestPostgresql:
    @pytest.fixture
    def other(self, database_url: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
            yield connection

    def test_a_server_that_takes_no_writes(self, world: World, other: psycopg.Connection) -> None:
        # Given
        client = world.signed_in()
        name = world.database.engine.url.database
        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        reconnect(world.database)
        # When, then
        refuses(client)
        assert client.get("/api/v1/complaints").status_code == 200
        other.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        reconnect(world.database)
        takes(client)

    def test_a_server_without_a_connection_left(self, world: World, other: psycopg.Connection) -> None:
        # Given
        client = world.signed_in()
        name = world.database.engine.url.database
        other.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 0")
        other.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        try:
            world.database.engine.dispose()
            url = world.database.engine.url.set(username="few")
            poor = Database(url.render_as_string(hide_password=False))
            world.app.extensions["redress"].database = poor
            # When, then
            refuses(client)
        finally:
            poor.close()
            other.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
            other.execute("DROP ROLE few")

    def test_one_that_ends_our_transactions(self, world: World, other: psycopg.Connection) -> None:
        # Given
        client = world.signed_in()
        takes(client)
        # When it is restarted, as far as we can see
        name = world.database.engine.url.database
        ours = f"pid <> pg_backend_pid() AND datname = '{name}'"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
        # Then
        takes(client)


def _only_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")
