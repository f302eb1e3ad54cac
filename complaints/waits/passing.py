"""Which errors of the database pass by themselves: nothing is wrong with the work that met them."""

import sqlite3

import psycopg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError

LOCK_NOT_AVAILABLE = "55P03"
PASSING = ("08", "25006", "25P03", "25P04", "40", "53", "55", "57")
"""PostgreSQL's: connection, read-only, ended as idle or too long, rollback, resources, state, operator."""
PASSING_SQLITE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)
PRIMARY = 0xFF  # of SQLite's extended codes


READ_ONLY = "25006"


def leave_what_only_reads(context: ExceptionContext) -> None:
    """Give up every pooled connection where one may only read: the server was demoted, and another takes writes.

    One that was opened then would go on refusing, long after the server that the URL names takes writes again.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def is_lock_timeout(error: OperationalError) -> bool:
    """Say whether the error is that a lock was waited for in vain."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


def will_pass(error: Exception) -> bool:
    """Say whether the error is no fault of the work: the connection is gone, or others were in the way."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    code = getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY
    unreached = isinstance(error.orig, OSError) or (
        isinstance(error.orig, psycopg.OperationalError) and not state
    )
    return error.connection_invalidated or unreached or state.startswith(PASSING) or code in PASSING_SQLITE


def as_operational(context: ExceptionContext) -> OperationalError | None:
    """Name what is no fault of the work as its kind is named; PostgreSQL's driver has other classes for it, too."""
    error = context.sqlalchemy_exception
    if not isinstance(error, DBAPIError) or isinstance(error, OperationalError) or not will_pass(error):
        return None
    gone = error.connection_invalidated
    return OperationalError(
        error.statement,
        error.params,
        context.original_exception,
        hide_parameters=True,
        connection_invalidated=gone,
    )
