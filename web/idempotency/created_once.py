"""A complaint or comment that is sent again is the same one, and is answered as the caller may see it now.

The record commits with it, so that there is never one without the other.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from complaints.models import Comment, Complaint, IdempotencyRecord
from web.idempotency.attempt import Attempt, find_record, mismatch

T = TypeVar("T", Complaint, Comment)


def create_once(
    session: Session, attempt: Attempt, kind: type[T], create: Callable[[], T], *, now: datetime
) -> tuple[T, bool]:
    """Return what this attempt creates and whether it was there before; create it if it wasn't.

    Raises `IdempotencyMismatch` where the key came with another body, and as `find_record` does.
    """
    record = find_record(session, attempt)
    if record is None:
        created = create()
        session.flush()
        session.add(_record(attempt, created, now))
        return created, False
    if record.fingerprint != attempt.fingerprint:
        raise mismatch()
    return session.get_one(kind, record.comment_id or record.complaint_id), True


def _record(attempt: Attempt, created: Complaint | Comment, now: datetime) -> IdempotencyRecord:
    record = IdempotencyRecord(
        scope=attempt.scope, key=attempt.key, fingerprint=attempt.fingerprint, created_at=now
    )
    if isinstance(created, Comment):
        record.complaint_id, record.comment_id = created.complaint_id, created.id
    else:
        record.complaint_id = created.id
    return record
