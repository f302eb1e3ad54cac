"""What indexes of complaints have beside plain columns. They help who says the same, word for word."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from complaints.db import UtcDateTime
from complaints.models.base import BigInt

IS_OPEN = "status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')"
RANK = "CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN -1 WHEN 'medium' THEN -2 WHEN 'low' THEN -3 END"
DUE_AT = (
    "CASE WHEN acknowledged_at IS NULL AND (resolve_due_at IS NULL OR ack_due_at < resolve_due_at)"
    " THEN ack_due_at ELSE resolve_due_at END"
)
"""No parameters: the databases compare what is written."""


class open_status(FunctionElement[bool]):  # noqa: N801 - reads as the SQL function that it is
    """The complaint is open. SQLite takes the indexes of open complaints then, not that of each status."""

    inherit_cache = True
    name = "open_status"


@compiles(open_status, "postgresql")
def _open_in_postgresql(_: Any, __: Any, **___: Any) -> str:
    return f"({IS_OPEN})"


@compiles(open_status, "sqlite")
def _open_in_sqlite(_: Any, __: Any, **___: Any) -> str:
    return f"likely({IS_OPEN})"


class milliseconds_between(FunctionElement[int]):  # noqa: N801 - as above
    """The whole milliseconds from one instant to another."""

    type = BigInt
    inherit_cache = True
    name = "milliseconds_between"


@compiles(milliseconds_between, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(round(EXTRACT(EPOCH FROM ({end} - {start})) * 1000) AS BIGINT)"


@compiles(milliseconds_between, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(round((julianday({end}) - julianday({start})) * 86400000.0) AS INTEGER)"


class or_never(FunctionElement[datetime]):  # noqa: N801 - as above
    """The instant, or the last one that there is where it is null: what is never due comes after all that is."""

    type = UtcDateTime()
    inherit_cache = True
    name = "or_never"


@compiles(or_never, "postgresql")
def _never_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    (moment,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"coalesce({moment}, '9999-01-01 00:00:00+00'::timestamptz)"


@compiles(or_never, "sqlite")
def _never_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    (moment,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"coalesce({moment}, '9999-01-01 00:00:00.000000')"
