"""What the database keeps on this machine is for nobody else on it, and stays."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from complaints.db import Database

COUNT = text("SELECT count(*) FROM fact")


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A process whose files everybody may read unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_to_all")
def test_every_file_of_sqlite_is_ours_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/with a space, é/redress.db")
    try:
        with database.write() as session:
            session.execute(text("CREATE TABLE some (x)"))
            session.execute(text("INSERT INTO some VALUES (1)"))
        files = list((tmp_path / "with a space, é").iterdir())
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}
    finally:
        database.close()
    assert {"redress.db", "redress.db.lock", "redress.db-wal"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_a_process_that_ends_takes_nothing_from_others(tmp_path: Path) -> None:
    """SQLite deletes its log with the last connection: it must know of those of other processes."""
    # Given a process with several connections
    path = tmp_path / "redress.db"
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        session.execute(text("CREATE TABLE fact (number INTEGER)"))
    with database.read() as one, database.read() as other:
        assert [session.scalar(COUNT) for session in (one, other)] == [0, 0]
    # When
    assert of_another_process(path) == "0"
    with database.write() as session:
        session.execute(text("INSERT INTO fact VALUES (1)"))
    # Then
    assert of_another_process(path) == "1"
    database.close()


def of_another_process(path: Path) -> str:
    """Return how many facts a process sees that comes, looks and goes."""
    look = f"import sqlite3; print(*sqlite3.connect({str(path)!r}).execute({COUNT.text!r}).fetchone())"
    return subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, text=True
    ).stdout.strip()
