"""`Idempotency-Key`: a submission or comment that is sent again is the same one.

The record commits with it, so that there is never one without the other. Followed in spirit: the IETF
draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from complaints.db import Database
from complaints.errors import IdempotencyMismatch, IdempotencyRunning, Invalid
from complaints.models import Comment, Complaint, IdempotencyRecord
from web.http.client_address import client_address
from web.http.permissions import Caller

KEY_MAXIMUM = 200
T = TypeVar("T", Complaint, Comment)
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission under a key: whose key it is, and the hash of what is submitted."""

    scope: str
    key: str
    fingerprint: str


def attempt_of(key: str, body: dict[str, Any], who: Caller) -> Attempt:
    """Return the attempt of this caller under the key; raises `Invalid` for what is no key.

    Unknown senders are told apart by address and body.
    """
    if not key.strip() or len(key) > KEY_MAXIMUM or "\x00" in key:
        raise Invalid(f"Idempotency-Key wants 1 to {KEY_MAXIMUM} characters.")
    mark = fingerprint(body)
    if who.actor.id is not None:
        return Attempt(f"{who.actor.kind}:{who.actor.id}", key, mark)
    return Attempt(f"anonymous:{client_address()}:{mark[:40]}", key, mark)


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
    kind: type[T],
    create: Callable[[], T],
    *,
    now: datetime,
) -> tuple[T, bool]:
    """Return what this attempt creates and whether it was there before; create it if it wasn't.

    Raises `IdempotencyMismatch` where the key came with another body, `IdempotencyRunning` where another
    request with it has not ended (on SQLite that one is waited for).
    """
    if not db.is_sqlite and not session.scalar(LOCK, {"name": f"{attempt.scope}\n{attempt.key}"}):
        raise IdempotencyRunning("A request with this Idempotency-Key is still running. Try again.")
    record = session.get(IdempotencyRecord, (attempt.scope, attempt.key))
    if record is None:
        created = create()
        session.flush()
        session.add(_record(attempt, created, now))
        return created, False
    if record.fingerprint != attempt.fingerprint:
        raise IdempotencyMismatch("This Idempotency-Key was used with another body.")
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
