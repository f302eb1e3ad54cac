"""Who holds the tokens and keys that sockets show: as many as wait, in one query of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Flask

from complaints.accounts.api_keys import is_use_to_note, note_use
from complaints.accounts.key_holders import find_shown_keys, holder_of
from complaints.accounts.sessions import Identity, load_identities
from complaints.clock import utcnow
from complaints.db import Database
from complaints.errors import SessionRevoked, Unauthenticated
from complaints.models import ApiKey
from web.http.access_tokens import access_claims
from web.http.app_services import services
from web.hub.core.credentials import Credential, Identify, ShownKey, SocketIdentity, TokenClaims


def identifier(app: Flask) -> Identify:
    """Return `identify` for threads that have no request."""

    def identify_in_context(credentials: Sequence[Credential]) -> Sequence[SocketIdentity | Unauthenticated]:
        with app.app_context():
            return identify(services().database, credentials)

    return identify_in_context


def identify(database: Database, credentials: Sequence[Credential]) -> list[Identity | Unauthenticated]:
    """Return who holds each access token or key that was shown, or why it is refused, in their order.

    Raises the database's errors. Wants an application context.
    """
    claims = [claims_or_refusal(one) if isinstance(one, str) else one for one in credentials]
    sessions = {one[0] for one in claims if isinstance(one, tuple)}
    shown = [one.text for one in claims if isinstance(one, ShownKey)]
    now = utcnow()
    with database.read() as session:
        living = load_identities(session, sessions, now=now) if sessions else {}
        keys = find_shown_keys(session, shown, now=now)
    _note_uses(database, keys, now)
    holders = iter([one if isinstance(one, Unauthenticated) else holder_of(one) for one in keys])
    return [next(holders) if isinstance(one, ShownKey) else _holder_or_refusal(one, living) for one in claims]


def claims_or_refusal(token: str) -> TokenClaims | Unauthenticated:
    """Return what the token says, or why it is refused. Wants an application context."""
    try:
        return access_claims(token)
    except Unauthenticated as refusal:
        return refusal


def _note_uses(database: Database, keys: Sequence[ApiKey | Unauthenticated], now: datetime) -> None:
    stale = [one.id for one in keys if not isinstance(one, Unauthenticated) and is_use_to_note(one, now=now)]
    if stale:
        with database.write() as session:
            for key_id in stale:
                note_use(session, key_id, now=now)


def _holder_or_refusal(
    claims: TokenClaims | Unauthenticated, living: Mapping[UUID, Identity]
) -> Identity | Unauthenticated:
    if isinstance(claims, Unauthenticated):
        return claims
    session_id, expires_at = claims
    identity = living.get(session_id)
    if identity is None:
        return SessionRevoked("This session was closed. Sign in again.")
    return replace(identity, expires_at=expires_at)
