"""Alembic's door: runs the migrations against `sqlalchemy.url`, or DATABASE_URL where that is not set."""

import os
import time
import warnings
from typing import Any, Literal

import structlog
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, event, func, select, text
from sqlalchemy.exc import OperationalError

from complaints.db import Database, UtcDateTime
from complaints.models import Base
from complaints.setting_values import with_driver
from complaints.waits.passing import is_lock_timeout

RELEASE = 0x5265_6C65_6173_65
LOCK_WAIT_MS = 500
PAUSE_SECONDS = 2.0
PATIENCE_SECONDS = 1800.0
GIVEN_UP = ("alert.sending_at",)
WORD_INDEX = ("complaint_search_", "ix_complaint_search_text")
"""How what only one of the engines has is called: the index of words, of tables in SQLite."""

log = structlog.get_logger()
warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own types as plain SQLAlchemy, so that old migrations don't hang on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def is_compared(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out what the models have given up already, and a later migration drops once no old process is left.

    And what one engine has.
    """
    if kind in ("table", "index") and (name or "").startswith(WORD_INDEX):
        return False
    return kind != "column" or f"{item.table.name}.{name}" not in GIVEN_UP


def run(connection: Connection) -> None:
    """Migrate over this connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render_item,
        include_object=is_compared,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_sqlite(database: Database) -> None:
    """Migrate in one transaction. Tables are made anew, which foreign keys would refuse: they are checked after."""
    event.listen(database.engine, "connect", lambda made, _: made.execute("PRAGMA foreign_keys=OFF"))
    with database.write() as session:
        run(session.connection())
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"the migration broke foreign keys: {broken[:3]}")


def migrate_postgresql(database: Database) -> None:
    """Migrate in a transaction each; a migration may commit before its end. One release at a time does.

    A transaction takes locks that stop everybody, and whoever waits for one stops everybody behind it: behind a
    reader that stays (`pg_dump`) each is waited for shortly, and the migration tried again after a pause. What
    stops nobody (an index made concurrently, a batch of rows, a constraint validated) is no transaction, and waits
    as long as it takes.
    """
    event.listen(database.engine, "begin", wait_shortly_for_locks)
    with database.engine.connect() as connection:
        wait_for_turn(connection)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return run(connection)
            except OperationalError as error:
                connection.rollback()
                if not is_lock_timeout(error) or time.monotonic() > deadline:
                    raise
                log.warning("migration_waits_for_lock", error=str(error.orig), pause_seconds=PAUSE_SECONDS)
                time.sleep(PAUSE_SECONDS)


def wait_shortly_for_locks(connection: Connection) -> None:
    """Let the transaction that begins wait for no lock longer than others may be made to wait."""
    if connection.get_isolation_level() != "AUTOCOMMIT":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")


def wait_for_turn(connection: Connection) -> None:
    """Take the lock of releases, which the connection holds until it is closed.

    It is asked for again and again: who waited in one statement would keep an index of the other from its end.
    """
    while not connection.execute(select(func.pg_try_advisory_lock(RELEASE))).scalar_one():
        connection.rollback()
        log.warning("another_release_migrates", pause_seconds=PAUSE_SECONDS)
        time.sleep(PAUSE_SECONDS)
    connection.commit()


url = context.config.get_main_option("sqlalchemy.url") or with_driver(os.environ["DATABASE_URL"])
database = Database(url, patience=None)
try:
    (migrate_sqlite if database.is_sqlite else migrate_postgresql)(database)
finally:
    database.close()
