"""Steps of a migration that commits before its end: broken off, it runs again from its start.

What stands before its first `autocommit_block` is committed as a whole: one column of it says whether it was. In
the block each statement commits by itself, and is one that may run again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op


def has_column(table: str, column: str) -> bool:
    """Say whether the table has the column already."""
    return column in {found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)}


def make_index(
    name: str,
    table: str,
    columns: list[str],
    *,
    where: str | None = None,
    unique: bool = False,
    concurrently: bool = False,
    **options: Any,
) -> None:
    """Make the index, in place of one that there is: a concurrent one that failed halfway stays, invalid.

    What is in parentheses among the columns is a term of SQL.
    """
    condition = None if where is None else sa.text(where)
    conditions = {"sqlite_where": condition, "postgresql_where": condition}
    op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=concurrently)
    terms = [sa.text(column.replace(":", r"\:")) if column.startswith("(") else column for column in columns]
    options |= {"postgresql_concurrently": concurrently, **conditions}
    op.create_index(name, table, terms, unique=unique, **options)
