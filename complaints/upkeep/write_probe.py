"""Whether the database takes what intake writes: tried, and taken back."""

import secrets
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Complaint, ComplaintSearch, Event, IdempotencyRecord, TelegramUpdate

LARGEST = 2**62
NOBODYS = ""
MORE_THAN_KEPT = "x" * 64 * 1024
"""More than SQLite keeps of a transaction with so small a cache: it has to find room on the disk for it."""


def try_write(db: Database, *, now: datetime) -> None:
    """Write into the tables that intake writes, and roll back. Raises what a submission would meet.

    Nobody's rows are touched, and no row is left: a number below zero is never Telegram's.
    """
    with db.write() as session:
        try:
            _try_in(session, now, small_cache=db.is_sqlite)
        finally:
            session.rollback()


def _try_in(session: Session, now: datetime, *, small_cache: bool) -> None:
    connection = session.connection()
    if small_cache:
        connection.exec_driver_sql("PRAGMA cache_size = 10")
    try:
        session.execute(delete(Complaint).where(Complaint.id == new_id()))
        session.execute(delete(ComplaintSearch).where(ComplaintSearch.complaint_id == new_id()))
        session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.scope == NOBODYS))
        session.execute(delete(Event).where(Event.n < 0))
        row = {"update_id": -1 - secrets.randbelow(LARGEST), "payload": {}, "received_at": now}
        session.execute(insert(TelegramUpdate).values(**row, error=MORE_THAN_KEPT))
    finally:
        if small_cache:
            connection.exec_driver_sql("PRAGMA cache_size = -2000")
