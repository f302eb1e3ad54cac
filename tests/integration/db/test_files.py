"""What the database keeps on this machine is for nobody else on it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from complaints.db import Database


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
