"""The database: one code path for SQLite and PostgreSQL.

SQLite runs in WAL with `synchronous=FULL`. Its own busy-wait is unfair among writers, so that they queue at
an `flock` beside the file and only then begin (`BEGIN IMMEDIATE`); readers use a plain `BEGIN` and wait for
nobody. PostgreSQL needs none of it.

Nobody waits for either without bound: `complaints/waits/` says how long.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, ExceptionContext, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from complaints.clock import SharedClock, utcnow
from complaints.waits.database_gate import DatabaseGate
from complaints.waits.engines import WRITES, postgres_engine, sqlite_engine
from complaints.waits.passing import as_operational, leave_what_only_reads
from complaints.waits.patience import WORK, Patience
from complaints.waits.writer_lock import WriterLock

LOCK_WAIT_MS = 1000
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
    """An engine and its two ways in: `read()` and `write()`. Safe to share among threads.

    What can't be done now, for whatever reason that will pass, raises SQLAlchemy's `OperationalError`.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        patience: Patience | None = WORK,
        begun: Callable[[Session], object] = lambda _: None,
        committed: Callable[[Session], object] = lambda _: None,
    ) -> None:
        """`begun` is called with each session that is about to write.

        `committed` is called with each session that has written and committed; it may not raise.

        `patience` bounds every wait; without one, for who migrates, all take as long as they take.
        """
        self.url = url
        self._pool_size = pool_size
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        make_engine = sqlite_engine if self.is_sqlite else postgres_engine
        self.engine = make_engine(url, pool_size, patience)
        event.listen(self.engine, "handle_error", _hide_values)
        event.listen(self.engine, "handle_error", leave_what_only_reads)
        event.listen(self.engine, "handle_error", as_operational, retval=True)
        self._begun, self._committed = begun, committed
        self._writing = self.engine.execution_options(**{WRITES: True})
        self._clock = SharedClock(self._ask_time, keep_seconds=CLOCK_KEPT_SECONDS)
        self._queue = WriterLock(f"{make_url(url).database}.lock", patience) if self.is_sqlite else None
        self._readers = self._writers = DatabaseGate(patience, pool_size) if patience else None
        if self.is_sqlite and patience:
            self._writers = DatabaseGate(patience, pool_size)  # who reads waits for nobody who writes

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading; what it changes is rolled back."""
        with _passage(self._readers), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that commits at the end of the block and rolls back if it raises.

        On SQLite only one writer is inside at a time, in the order they came.
        """
        with (
            _passage(self._writers),
            self._writer_lock(),
            self._writing_session() as session,
            session.begin(),
        ):
            self._begun(session)
            yield session
        self._committed(session)

    def check(self) -> None:
        """Ask the database for one row; raises SQLAlchemy's error where it can't answer."""
        with _passage(self._readers), self.engine.connect() as connection:
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
        with _passage(self._readers), self.engine.connect() as connection:
            return connection.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()

    def _writer_lock(self) -> AbstractContextManager[None]:
        return nullcontext() if self._queue is None else self._queue.held()

    def _writing_session(self) -> Session:
        return Session(self._writing, expire_on_commit=False)


def insert_ignoring(session: Session, model: type[DeclarativeBase], rows: list[dict[str, Any]]) -> int:
    """Insert the rows, leaving out those that a unique constraint refuses; return how many were inserted."""
    if not rows:
        return 0
    session.flush()
    insert = INSERTS[session.get_bind().dialect.name](model.__table__).on_conflict_do_nothing()
    plain = insert.inline()  # nothing comes back, so that one prepared statement serves all rows
    return session.connection().execute(plain, rows, execution_options=COUNTED).rowcount


def see_one_moment(session: Session) -> None:
    """Let all that the session reads be of one moment: call it first. SQLite knows nothing else."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def wait_briefly_for_locks(session: Session) -> None:
    """Wait at most a second for any lock in this transaction; then PostgreSQL raises what `is_lock_timeout` knows.

    On SQLite the one lock that there is was taken when the transaction began.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")


def _passage(gate: DatabaseGate | None) -> AbstractContextManager[None]:
    return nullcontext() if gate is None else gate.passage()


def _hide_values(context: ExceptionContext) -> None:
    """Leave out of an error what PostgreSQL quotes of the row: it ends in a log, and a row is about people."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(_without_details(one) for one in error.args)


def _without_details(said: Any) -> Any:
    return DETAILS.sub("", said) if isinstance(said, str) else said
