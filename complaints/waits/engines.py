"""The two engines, and what bounds their waits."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, Dialect, make_url

from complaints.waits.bounded_connection import BoundedConnection
from complaints.waits.patience import CONNECT_SECONDS, IDLE_SECONDS, Patience

EVER_SECONDS = 3600.0  # SQLite's own wait has no other word for it
POOL_TIMEOUT_SECONDS = 2
OURS_ALONE = 0o600
WRITES = "redress_writes"
KEEPALIVE = {  # a PostgreSQL whose host is gone without a word is given up after half a minute
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_CREATING = Lock()


def postgres_engine(url: str, pool_size: int, patience: Patience | None) -> Engine:
    """Return an engine that gives up what takes longer than the patience, where there is one."""
    bounds = {"timezone": "UTC"}
    if patience is not None:
        bounds |= {
            "statement_timeout": f"{patience.answer * 1000:.0f}",
            "lock_timeout": f"{patience.lock * 1000:.0f}",
            "idle_in_transaction_session_timeout": f"{IDLE_SECONDS * 1000}",
        }
    options = " ".join(f"-c {name}={value}" for name, value in bounds.items())
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": options, **KEEPALIVE},
    )

    def connect(_dialect: Dialect, _record: Any, places: Any, parameters: Any) -> BoundedConnection:
        connection = BoundedConnection.connect(*places, **parameters)
        connection.patience = patience
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


def sqlite_engine(url: str, pool_size: int, patience: Patience | None) -> Engine:
    """Return an engine whose connections with the option `WRITES` begin as writers."""
    Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    timeout = patience.lock if patience else EVER_SECONDS
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=-1,
        connect_args={"timeout": timeout},
    )
    event.listen(engine, "do_connect", _create_for_us_alone)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_for_us_alone(_dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    """SQLite itself would let everybody on the machine read it; what it makes beside the file is like the file.

    One that there is must not be opened: to close it would drop every lock that this process has on it, and another
    process that ends would take SQLite's log away, with all that is committed after.
    See "How to corrupt an SQLite database file", 2.2. While we create it, no thread of ours may connect.
    """
    with _CREATING, suppress(FileExistsError):
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OURS_ALONE))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's events begin the transactions, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
