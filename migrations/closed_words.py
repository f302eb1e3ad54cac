"""Changing which words a column of a closed list takes, while others read and write.

The words are those that the database's own constraint lists, so that a migration names none but its own. On
PostgreSQL one constraint takes the other's place without a look at the rows, and is validated beside readers and
writers. On SQLite the table is made anew; its triggers, which Alembic loses, are made again.
"""

import re
import warnings

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import SAWarning


def let_in(table: str, column: str, word: str) -> None:
    """Let the column hold this word too. It may run again where it was broken off."""
    _replace(table, column, [*_words(table, column), word])


def leave_out(table: str, column: str, word: str, *, instead: str) -> None:
    """Let the column hold this word no more; rows that do get another one."""
    held = sa.table(table, sa.column(column))
    op.execute(sa.update(held).where(held.c[column] == word).values({column: instead}))
    _replace(table, column, [one for one in _words(table, column) if one != word])


def _words(table: str, column: str) -> list[str]:
    constraints = sa.inspect(op.get_bind()).get_check_constraints(table)
    [listed] = [one["sqltext"] for one in constraints if one["name"] == _name(table, column)]
    return re.findall(r"'(\w+)'", listed)


def _name(table: str, column: str) -> str:
    return f"ck_{table}_{column}"


def _replace(table: str, column: str, words: list[str]) -> None:
    name, listed = _name(table, column), ", ".join(f"'{word}'" for word in dict.fromkeys(words))
    condition = f"{column} IN ({listed})"
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(table, name, condition)
        return
    op.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _make_anew(table: str, name: str, condition: str) -> None:
    """Make the table anew, with its triggers and the indexes that can't be read out of the catalogue as such."""
    before = _statements(table)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Skipped unsupported reflection of expression-based index", SAWarning
        )
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), condition)
    after = _statements(table)
    for lost in before.keys() - after.keys():
        op.get_bind().exec_driver_sql(before[lost])


def _statements(table: str) -> dict[str, str]:
    """Return what made each of the table's triggers and indexes, by its name."""
    catalogue = (
        "SELECT name, sql FROM sqlite_master"
        " WHERE type IN ('trigger', 'index') AND tbl_name = :table AND sql IS NOT NULL"
    )
    return {row.name: row.sql for row in op.get_bind().execute(sa.text(catalogue), {"table": table})}
