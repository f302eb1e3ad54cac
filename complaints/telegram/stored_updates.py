"""Telegram's updates: stored before Telegram is told that we have them, consumed once each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.db import insert_ignoring
from complaints.models import TelegramUpdate

LARGEST_UPDATE_ID = 2**63 - 1
ERROR_LENGTH = 2000
ADVISORY_LOCK = 0x7570_6461_7465


def store_updates(session: Session, updates: Iterable[Any], *, now: datetime) -> int:
    """Store those that are new; return how many. What has no usable `update_id` is left out."""
    rows = [
        {"update_id": payload["update_id"], "payload": without_nul(payload), "received_at": now}
        for payload in updates
        if is_update(payload)
    ]
    return insert_ignoring(session, TelegramUpdate, rows)


def is_update(payload: Any) -> bool:
    """Say whether this is an object with an `update_id` that can be stored."""
    if not isinstance(payload, dict):
        return False
    number = payload.get("update_id")
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LARGEST_UPDATE_ID


def next_update(session: Session) -> TelegramUpdate | None:
    """Return the oldest update not consumed, and let nobody else consume until the transaction ends.

    In turn, because what one person says must not be turned round: `/stop`, then `/start`.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    query = select(TelegramUpdate).where(TelegramUpdate.consumed_at.is_(None))
    return session.scalar(query.order_by(TelegramUpdate.update_id).limit(1))


def any_update(session: Session) -> bool:
    """Say whether an update waits to be consumed."""
    query = select(TelegramUpdate.update_id).where(TelegramUpdate.consumed_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def give_up(session: Session, update_id: int, error: str, *, now: datetime) -> None:
    """Record that the update can't be handled, so that it stops nobody else."""
    query = update(TelegramUpdate).where(
        TelegramUpdate.update_id == update_id, TelegramUpdate.consumed_at.is_(None)
    )
    session.execute(query.values(consumed_at=now, error=without_nul(error)[:ERROR_LENGTH]))


def without_nul(value: Any) -> Any:
    """Return the JSON value with NUL characters and lone surrogates (PostgreSQL stores neither) replaced."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    return value
