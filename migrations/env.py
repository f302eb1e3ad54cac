"""Alembic's door: runs the migrations against `sqlalchemy.url`, or DATABASE_URL where that is not set."""

import os
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, event, text

from complaints.db import Database, UtcDateTime
from complaints.models import Base
from complaints.setting_values import with_driver

GIVEN_UP = ("alert.sending_at",)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own types as plain SQLAlchemy, so that old migrations don't hang on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def is_compared(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out what the models have given up already, and a later migration drops once no old process is left."""
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
    """Migrate in a transaction each; a migration may commit before its end."""
    with database.engine.connect() as connection:
        run(connection)


url = context.config.get_main_option("sqlalchemy.url") or with_driver(os.environ["DATABASE_URL"])
database = Database(url, patience=None)
try:
    (migrate_sqlite if database.is_sqlite else migrate_postgresql)(database)
finally:
    database.close()
