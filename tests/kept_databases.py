"""A database for many tests, made as new for each: its statements stay compiled, its connections open.

That saves most of what a test costs. A test that breaks its database, or changes its tables, takes one of its own.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from complaints.db import Database
from complaints.models import Base

SEEDED = ("category", "stream_meta")
"""The tables that have rows from the start; schema `pristine` has a copy of each."""
NOTED = ("tally_entry",)
"""What triggers write of the rest: it is emptied last."""
EMPTY = [
    f'DELETE FROM "{name}"'
    for name in (*(table.name for table in reversed(Base.metadata.sorted_tables)), *NOTED)
]
SEED = [f"INSERT INTO {name} SELECT * FROM pristine.{name}" for name in SEEDED]
RENEW = ";\n".join([*EMPTY, *SEED])


class KeptDatabase:
    """One that `run` runs scripts in."""

    def __init__(self, url: str, script: str, run: Callable[[str], object], done: Callable[[], None]) -> None:
        self.url = url
        self.opened = Database(url)
        self._script, self._run, self._done = script, run, done

    def renew(self) -> None:
        """Make it as new."""
        self._run(self._script)

    def close(self) -> None:
        """Close every connection."""
        self.opened.close()
        self._done()


def keep_sqlite(url: str, template: Path) -> KeptDatabase:
    """Keep the database at the URL, a copy of the template."""
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("ATTACH DATABASE ? AS pristine", (str(template),))
    script = f"BEGIN IMMEDIATE;\n{RENEW};\nCOMMIT"
    return KeptDatabase(url, script, connection.executescript, connection.close)


def keep_postgresql(url: str) -> KeptDatabase:
    """Keep the database at the URL, which nobody has used yet, as superuser."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(plain, autocommit=True)
    copies = [f"CREATE TABLE pristine.{name} AS TABLE {name}" for name in SEEDED]
    connection.execute(";\n".join(["CREATE SCHEMA pristine", *copies]).encode())
    connection.execute("SET session_replication_role = replica")  # foreign keys are not looked at
    return KeptDatabase(url, RENEW, lambda script: connection.execute(script.encode()), connection.close)
