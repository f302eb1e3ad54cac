"""What lies in the store and belongs to no complaint: rows say so, before it is put there and when it is let go.

A process that dies between the two leaves the row, and the sweep deletes what it names. What no row names is left
alone: a database that was pointed at another one's store, or is a copy of yesterday's, deletes nobody's files.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from complaints.attachments.object_store import AttachmentStore
from complaints.db import Database
from complaints.models import StrayObject

LONGEST_UPLOAD = timedelta(hours=1)
"""Nobody takes so long from the store to the row: what has no row by then gets none."""
MARGIN = timedelta(minutes=1)
"""Between the last moment in which a file is taken over and the first in which it is deleted."""
BATCH = 50


def announce(session: Session, identifiers: Sequence[UUID], *, now: datetime) -> None:
    """Say that files are about to be put into the store; commit before they are."""
    session.add_all(StrayObject(id=one, due_at=now + LONGEST_UPLOAD) for one in identifiers)


def claim_stored(session: Session, identifiers: Sequence[UUID], *, now: datetime) -> bool:
    """Take the files over, in the transaction that adds their rows; false where it is too late for that."""
    ours = delete(StrayObject).where(StrayObject.id.in_(identifiers), StrayObject.due_at > now + MARGIN)
    return len(session.scalars(ours.returning(StrayObject.id)).all()) == len(identifiers)


def let_go(session: Session, identifiers: Sequence[UUID], *, now: datetime) -> None:
    """Say that nobody needs these files any more, in the transaction that takes their rows away."""
    session.add_all(StrayObject(id=one, due_at=now) for one in identifiers)


def sweep_strays_once(db: Database, store: AttachmentStore) -> int:
    """Delete some of what is due to go; return how many. Raises `StoreUnavailable` where the store is away.

    A row goes once the store has confirmed: whoever dies in between leaves it to be done again.
    """
    due = select(StrayObject.id).where(StrayObject.due_at <= db.now()).order_by(StrayObject.due_at)
    with db.read() as session:
        found = session.scalars(due.limit(BATCH)).all()
    for identifier in found:
        store.delete(identifier)
        with db.write() as session:
            session.execute(delete(StrayObject).where(StrayObject.id == identifier))
    return len(found)
