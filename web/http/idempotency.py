"""`Idempotency-Key`: a submission that is sent again is the same submission.

The record commits with the complaint, so that there is never one without the other. Followed in spirit: the IETF
draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from complaints.db import Database
from complaints.errors import IdempotencyMismatch, IdempotencyRunning
from complaints.models import Complaint, IdempotencyRecord

LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission under a key: whose key it is, and the hash of what is submitted."""

    scope: str
    key: str
    fingerprint: str


def fingerprint(body: dict[str, Any]) -> str:
    """Return the hash by which a body of the same meaning is known again, in whatever order its members come."""
    return hashlib.sha256(json.dumps(_canonical(body), sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Write whole numbers alike: JSON has no other kind of number."""
    if isinstance(value, dict):
        return {name: _canonical(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_canonical(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def once(
    db: Database,
    session: Session,
    attempt: Attempt,
    submit: Callable[[], Complaint],
    *,
    now: datetime,
) -> tuple[Complaint, bool]:
    """Return the complaint of this attempt and whether it was there before; submit it if it wasn't.

    Raises `IdempotencyMismatch` where the key came with another body, `IdempotencyRunning` where another
    request with it has not ended (on SQLite that one is waited for).
    """
    if not db.is_sqlite and not session.scalar(LOCK, {"name": f"{attempt.scope}\n{attempt.key}"}):
        raise IdempotencyRunning("A request with this Idempotency-Key is still running. Try again.")
    record = session.get(IdempotencyRecord, (attempt.scope, attempt.key))
    if record is None:
        complaint = submit()
        session.add(_record(attempt, complaint, now))
        return complaint, False
    if record.fingerprint != attempt.fingerprint:
        raise IdempotencyMismatch("This Idempotency-Key was used with another body.")
    complaint = session.get_one(Complaint, record.complaint_id)
    return complaint, True


def _record(attempt: Attempt, complaint: Complaint, now: datetime) -> IdempotencyRecord:
    return IdempotencyRecord(
        scope=attempt.scope,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
        complaint_id=complaint.id,
        created_at=now,
    )
