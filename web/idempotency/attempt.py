"""`Idempotency-Key`: whose it is, what is asked under it, and whether that was asked before.

Followed in spirit: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from complaints.errors import IdempotencyMismatch, IdempotencyRunning, Invalid
from complaints.models import IdempotencyRecord
from web.http.client_address import client_address
from web.http.permissions import Caller

KEY_MAXIMUM = 200
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request under a key: whose key it is, and the hash of what is asked."""

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


def find_record(session: Session, attempt: Attempt) -> IdempotencyRecord | None:
    """Return what stands under the attempt's key, which is nobody else's until this transaction ends.

    Raises `IdempotencyRunning` where another request with it has not ended (on SQLite that one is waited for).
    """
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql and not session.scalar(LOCK, {"name": f"{attempt.scope}\n{attempt.key}"}):
        raise IdempotencyRunning("A request with this Idempotency-Key is still running. Try again.")
    return session.get(IdempotencyRecord, (attempt.scope, attempt.key))


def is_recorded(session: Session, attempt: Attempt) -> bool:
    """Say whether something stands under the attempt's key, without a lock: what is not there yet may come."""
    return session.get(IdempotencyRecord, (attempt.scope, attempt.key)) is not None


def mismatch() -> IdempotencyMismatch:
    """Return what to raise where the key stands for another request."""
    return IdempotencyMismatch("This Idempotency-Key was used with another body, or at another path.")


def _canonical(value: Any) -> Any:
    """Write whole numbers alike: JSON has no other kind of number."""
    if isinstance(value, dict):
        return {name: _canonical(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_canonical(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
