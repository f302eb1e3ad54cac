"""Complaints that can't be found by their words: from before there was a search, or written by older processes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from complaints.clock import utcnow
from complaints.db import Database, insert_ignoring
from complaints.models import Complaint, ComplaintSearch
from complaints.verbs.searchable import text_of

BATCH = 500
OVERLAP = timedelta(minutes=10)
"""How long ago, at most, an older process took in or corrected what the sweep looks for."""


def make_all_searchable(db: Database) -> int:
    """Let every complaint be found, a few at a time so that nobody waits; return how many could not be before."""
    made, after = 0, UUID(int=0)
    while True:
        rows = select(Complaint).where(Complaint.id > after).order_by(Complaint.id).limit(BATCH)
        with db.read() as session:
            last = session.scalars(rows.with_only_columns(Complaint.id)).all()[-1:]
        if not last:
            return made
        made += _make(db, _missing().where(Complaint.id > after, Complaint.id <= last[0]))
        after = last[0]


def make_recent_searchable_once(db: Database) -> int:
    """Let those of the last minutes be found that can't be; return how many those were."""
    since: datetime = utcnow() - OVERLAP
    return _make(db, _missing().where(Complaint.updated_at > since).limit(BATCH))


def _missing() -> Select[Complaint]:
    made = select(ComplaintSearch.complaint_id).where(ComplaintSearch.complaint_id == Complaint.id)
    return select(Complaint).where(~made.exists()).options(lazyload(Complaint.assignee))


def _make(db: Database, missing: Select[Complaint]) -> int:
    """What somebody changes meanwhile is left: to them, or for the next time."""
    with db.read() as session:
        texts = {(row.id, row.version): text_of(row) for row in session.scalars(missing)}
    if not texts:
        return 0
    ids = [identifier for identifier, _ in texts]
    found = select(Complaint.id, Complaint.version).where(Complaint.id.in_(ids)).order_by(Complaint.id)
    held = found.with_for_update(read=True, skip_locked=True)
    with db.write() as session:
        unchanged = [(key, version) for key, version in session.execute(held) if (key, version) in texts]
        rows = [{"complaint_id": key, "text": texts[key, version]} for key, version in unchanged]
        return insert_ignoring(session, ComplaintSearch, rows)
