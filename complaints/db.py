"""The database: one code path for SQLite and PostgreSQL.

SQLite runs in WAL with `synchronous=FULL`. Its own busy-wait is unfair among writers, so that they queue at
an `flock` beside the file and only then begin (`BEGIN IMMEDIATE`); readers use a plain `BEGIN` and wait for
nobody. PostgreSQL needs none of it.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from complaints.clock import SharedClock, utcnow

BUSY_TIMEOUT_MS = 15_000
POOL_TIMEOUT_SECONDS = 10
KEEPALIVE = {  # a PostgreSQL whose host is gone without a word is given up after half a minute
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
LOCK_WAIT_MS = 1000
LOCK_NOT_AVAILABLE = "55P03"
PASSING = ("08", "40", "53", "55", "57")  # PostgreSQL's: connection, rollback, resources, state, operator
WRITES = "redress_writes"
OURS_ALONE = 0o600
DETAILS = re.compile(r"\n(DETAIL|CONTEXT):.*", re.DOTALL)
CLOCK_KEPT_SECONDS = 10.0
COUNTED = {"preserve_rowcount": True}
INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; stored as `timestamptz`, or as naive UTC where the engine has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants (ValueError); store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every instant back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """An engine and its two ways in: `read()` and `write()`. Safe to share among threads."""

    def __init__(
        self, url: str, *, pool_size: int = 10, committed: Callable[[Session], object] = lambda _: None
    ) -> None:
        """`committed` is called with each session that has written and committed; it may not raise."""
        self.url = url
        self._pool_size = pool_size
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url, pool_size) if self.is_sqlite else _postgres_engine(url, pool_size)
        event.listen(self.engine, "handle_error", _hide_values)
        self._committed = committed
        self._writing = self.engine.execution_options(**{WRITES: True})
        self._lock_path = f"{make_url(url).database}.lock" if self.is_sqlite else None
        self._clock = SharedClock(self._ask_time, keep_seconds=CLOCK_KEPT_SECONDS)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading; what it changes is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that commits at the end of the block and rolls back if it raises.

        On SQLite only one writer is inside at a time, in the order they came.
        """
        with self._writer_lock(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session
        self._committed(session)

    def check(self) -> None:
        """Ask the database for one row; raises SQLAlchemy's error where it can't answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    @property
    def connections_at_most(self) -> int:
        """How many connections this process may have open at once."""
        return 2 * self._pool_size

    def connections_granted(self) -> int | None:
        """Return how many connections the server grants to all of us together; None where there is no server."""
        if self.is_sqlite:
            return None
        with self.engine.connect() as connection:
            most, kept = (
                int(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
                for name in ("max_connections", "superuser_reserved_connections")
            )
        return most - kept

    def now(self) -> datetime:
        """Return the present instant by the one clock of all who share the database; raises SQLAlchemy's errors.

        Leases and due times go by it. SQLite's is that of the one host that it is on.
        """
        return utcnow() if self.is_sqlite else self._clock.now()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _ask_time(self) -> datetime:
        with self.engine.connect() as connection:
            return connection.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()

    def _writer_lock(self) -> AbstractContextManager[None]:
        return nullcontext() if self._lock_path is None else _file_lock(self._lock_path)


def insert_ignoring(session: Session, model: type[DeclarativeBase], rows: list[dict[str, Any]]) -> int:
    """Insert the rows, leaving out those that a unique constraint refuses; return how many were inserted."""
    if not rows:
        return 0
    session.flush()
    insert = INSERTS[session.get_bind().dialect.name](model.__table__).on_conflict_do_nothing()
    plain = insert.inline()  # nothing comes back, so that one prepared statement serves all rows
    return session.connection().execute(plain, rows, execution_options=COUNTED).rowcount


def wait_briefly_for_locks(session: Session) -> None:
    """Wait at most a second for any lock in this transaction; then PostgreSQL raises what `is_lock_timeout` knows.

    On SQLite the one lock that there is was taken when the transaction began.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")


def is_lock_timeout(error: OperationalError) -> bool:
    """Say whether the error is that a lock was waited for in vain."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


def will_pass(error: Exception) -> bool:
    """Say whether the error is no fault of the work: the connection is gone, or others were in the way."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(PASSING)


@contextmanager
def _file_lock(path: str) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OURS_ALONE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _postgres_engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC", **KEEPALIVE},
    )


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=-1,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "do_connect", _create_for_us_alone)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Leave out of an error what PostgreSQL quotes of the row: it ends in a log, and a row is about people."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(_without_details(one) for one in error.args)


def _without_details(said: Any) -> Any:
    return DETAILS.sub("", said) if isinstance(said, str) else said


def _create_for_us_alone(_dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    """SQLite itself would let everybody on the machine read it; what it makes beside the file is like the file."""
    os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OURS_ALONE))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's events begin the transactions, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
