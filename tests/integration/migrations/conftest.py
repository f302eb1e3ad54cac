"""A database as an older release left it, on each engine."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from complaints.db import Database
from tests.conftest import postgres_url
from tests.integration.migrations.old_code import CHAT, OPERATOR, OTHER, add_chat, migrate, put, times


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the tables of 0002, an operator and two chats."""
    if request.param == "sqlite":
        url, server, name = f"sqlite:///{tmp_path}/old.db", None, ""
    else:
        server, name = request.getfixturevalue("postgres_server"), f"old_{uuid.uuid4().hex}"
        _run(server.get_uri(), f"CREATE DATABASE {name}")
        url = postgres_url(server, name)
    migrate(url, "0002")
    database = Database(url)
    put(database, "operator", id=OPERATOR, email="a@b.c", name="A", role="agent", active=True, **times())
    for chat in (CHAT, OTHER):
        add_chat(database, chat)
    yield database
    database.close()
    if server is not None:
        _run(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")


def _run(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)
