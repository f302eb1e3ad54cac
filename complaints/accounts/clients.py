"""API clients and their keys, of which only a prefix and a SHA-256 are kept."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.accounts.key_format import new_key, prefix_of
from complaints.errors import Refused, Unauthenticated
from complaints.ids import digest, new_id
from complaints.models import ApiClient, ApiKey

Scope = Literal["complaints:submit", "complaints:read", "events:read"]
USE_NOTED_EVERY = timedelta(hours=1)


def make_key(
    session: Session,
    client_id: UUID,
    *,
    scopes: tuple[Scope, ...],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Add a key for the client; return its row and the key itself, which nobody can ask for again."""
    prefix, key = new_key()
    row = ApiKey(
        id=new_id(),
        client_id=client_id,
        prefix=prefix,
        key_hash=digest(key),
        scopes=list(scopes),
        expires_at=expires_at,
        created_at=now,
    )
    session.add(row)
    return row, key


def find_by_key(session: Session, key: str, *, now: datetime) -> ApiKey:
    """Return the row of a key that is good now; raises `Unauthenticated` for any other text."""
    prefix = prefix_of(key)
    row = prefix and session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    if not row or not compare_digest(row.key_hash, digest(key)):
        raise Unauthenticated("This API key is not known.")
    expired = row.expires_at is not None and row.expires_at <= now
    if expired or row.revoked_at is not None or not row.client.active:
        raise Unauthenticated("This API key is no longer good.")
    return row


def is_use_to_note(key: ApiKey, *, now: datetime) -> bool:
    """Say whether `used_at` is so old that it should be written anew."""
    return key.used_at is None or key.used_at <= now - USE_NOTED_EVERY


def note_use(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Write when the key was used, unless another request just did."""
    stale = or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - USE_NOTED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(used_at=now))


def add_client(session: Session, name: str, *, now: datetime) -> ApiClient:
    """Add a program and return it; raises `Refused` for a name that is taken."""
    client = ApiClient(id=new_id(), name=name, active=True, created_at=now)
    session.add(client)
    _flush_unless_taken(session, name)
    return client


def change_client(session: Session, client: ApiClient, fields: dict[str, Any]) -> None:
    """Set the named fields, checked by `ClientPatch`; raises `Refused` for a name that is taken."""
    for name, value in fields.items():
        setattr(client, name, value)
    _flush_unless_taken(session, client.name)


def _flush_unless_taken(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Refused(f"There is an API client with the name {name!r} already.") from None
