"""API keys: what each opens, how it is found and how another takes its place; a prefix and a SHA-256 are kept."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Literal
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from complaints.accounts.key_format import new_key, prefix_of
from complaints.errors import KeyExpired, KeyRevoked, Refused, Unauthenticated
from complaints.ids import digest, new_id
from complaints.models import ApiKey
from complaints.queries.known_words import spelt_sites

Scope = Literal[
    "complaints:submit",
    "complaints:read_own",
    "complaints:read",
    "complaints:write",
    "comments:write",
    "events:read",
    "complaints:import",
]
USUAL_SCOPES: tuple[Scope, ...] = ("complaints:submit", "complaints:read_own")
USE_NOTED_EVERY = timedelta(hours=1)


def make_key(
    session: Session,
    client_id: UUID,
    *,
    scopes: tuple[Scope, ...] = USUAL_SCOPES,
    sites: tuple[str, ...] | None = None,
    expires_at: datetime | None = None,
    rate: str | None = None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Add a key for the client; return its row and the key itself, which nobody can ask for again.

    `sites` None means every site. Raises `Invalid` for one that there is not.
    """
    return _add(
        session,
        client_id=client_id,
        scopes=list(dict.fromkeys(scopes)),
        sites=spelt_sites(session, sites),
        expires_at=expires_at,
        rate=rate,
        created_at=now,
    )


def rotate_key(session: Session, row: ApiKey, *, overlap: timedelta, now: datetime) -> tuple[ApiKey, str]:
    """Add a key that opens what the locked one does, and is good for as long as that one was made for.

    That one is good for `overlap` more, and no longer than it was. Returns as `make_key`; raises `Refused` where
    another key took its place already, or it is no longer good.
    """
    if row.replaced_by is not None:
        raise Refused("Another key has taken the place of this one already: rotate that one.")
    if row.revoked_at is not None or _is_over(row, now):
        raise Refused("This key is no longer good: make another one.")
    lifetime = None if row.expires_at is None else row.expires_at - row.created_at
    made, key = _add(
        session,
        client_id=row.client_id,
        scopes=row.scopes,
        sites=row.sites,
        expires_at=None if lifetime is None else now + lifetime,
        rate=row.rate,
        created_at=now,
    )
    session.flush()
    row.replaced_by = made.id
    row.expires_at = min(now + overlap, row.expires_at or now + overlap)
    return made, key


def find_by_key(session: Session, key: str, *, now: datetime) -> ApiKey:
    """Return the row of a key that is good now.

    Raises `KeyExpired`, `KeyRevoked`, or `Unauthenticated` for any other text; one that can't be a key is refused
    without asking the database.
    """
    prefix = prefix_of(key)
    row = prefix and session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    return check_key(row or None, key, now=now)


def check_key(row: ApiKey | None, key: str, *, now: datetime) -> ApiKey:
    """Return the row that was found by the key's prefix, if the key is that one and good; raises as above."""
    if row is None or not compare_digest(row.key_hash, digest(key)):
        raise Unauthenticated("This API key is not known.")
    if row.revoked_at is not None or not row.client.active:
        raise KeyRevoked("This API key was revoked.")
    if _is_over(row, now):
        raise KeyExpired("This API key has expired.")
    return row


def works_on_own_alone(key: ApiKey) -> bool:
    """Say whether the key is only for complaints that its own client submitted."""
    return "complaints:read_own" in key.scopes and "complaints:read" not in key.scopes


def is_use_to_note(key: ApiKey, *, now: datetime) -> bool:
    """Say whether `used_at` is so old that it should be written anew."""
    return key.used_at is None or key.used_at <= now - USE_NOTED_EVERY


def note_use(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Write when the key was used, unless another request just did."""
    stale = or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - USE_NOTED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(used_at=now))


def _is_over(row: ApiKey, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _add(session: Session, **columns: object) -> tuple[ApiKey, str]:
    prefix, key = new_key()
    row = ApiKey(id=new_id(), prefix=prefix, key_hash=digest(key), **columns)
    session.add(row)
    return row, key
