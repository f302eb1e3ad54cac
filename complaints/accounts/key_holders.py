"""Who holds the API keys that sockets show, and whether they still do: many in one query."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.api_keys import Scope, check_key
from complaints.accounts.key_format import prefix_of
from complaints.accounts.rights import as_sites
from complaints.accounts.sessions import PROGRAM, Identity
from complaints.errors import Unauthenticated
from complaints.models import ApiClient, ApiKey

FOLLOWING: Scope = "events:read"


def find_shown_keys(
    session: Session, keys: Sequence[str], *, now: datetime
) -> list[ApiKey | Unauthenticated]:
    """Return the row of each key that is good now and may follow events, or why it is refused, in their order."""
    prefixes = [prefix for prefix in map(prefix_of, keys) if prefix is not None]
    found = session.scalars(select(ApiKey).where(ApiKey.prefix.in_(prefixes))) if prefixes else ()
    rows: dict[str | None, ApiKey] = {row.prefix: row for row in found}
    return [_row_or_refusal(rows.get(prefix_of(key)), key, now) for key in keys]


def load_key_holders(session: Session, key_ids: Iterable[UUID]) -> dict[UUID, Identity]:
    """Return who holds each of these keys, in one query; those that follow nothing any more are left out.

    One that is over is not: its `expires_at` says so.
    """
    living = select(ApiKey).join(ApiKey.client).where(ApiKey.revoked_at.is_(None), ApiClient.active)
    rows = session.scalars(living.where(ApiKey.id.in_(list(key_ids))))
    return {row.id: holder_of(row) for row in rows if FOLLOWING in row.scopes}


def holder_of(row: ApiKey) -> Identity:
    """Return the key's API client, with the key's rights."""
    return Identity(row.client_id, row.id, row.client.name, PROGRAM, as_sites(row.sites), row.expires_at)


def _row_or_refusal(row: ApiKey | None, key: str, now: datetime) -> ApiKey | Unauthenticated:
    try:
        good = check_key(row, key, now=now)
    except Unauthenticated as refusal:
        return refusal
    return (
        good if FOLLOWING in good.scopes else Unauthenticated(f"This API key has not the scope {FOLLOWING}.")
    )
