"""Who holds the tokens that sockets show: as many as wait, in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Flask

from complaints.accounts.sessions import Identity, load_identities
from complaints.clock import utcnow
from complaints.db import Database
from complaints.errors import SessionRevoked, Unauthenticated
from web.http.access_tokens import access_claims
from web.http.app_services import services
from web.hub.core.credentials import Credential, Identify, SocketIdentity, TokenClaims


def identifier(app: Flask) -> Identify:
    """Return `identify` for threads that have no request."""

    def identify_in_context(credentials: Sequence[Credential]) -> Sequence[SocketIdentity | Unauthenticated]:
        with app.app_context():
            return identify(services().database, credentials)

    return identify_in_context


def identify(database: Database, credentials: Sequence[Credential]) -> list[Identity | Unauthenticated]:
    """Return who holds each access token that was shown, or why it is refused, in their order.

    Raises the database's errors. Wants an application context.
    """
    claims = [claims_or_refusal(one) if isinstance(one, str) else one for one in credentials]
    sessions = {one[0] for one in claims if not isinstance(one, Unauthenticated)}
    with database.read() as session:
        living = load_identities(session, sessions, now=utcnow())
    return [one if isinstance(one, Unauthenticated) else _holder(*one, living) for one in claims]


def claims_or_refusal(token: str) -> TokenClaims | Unauthenticated:
    """Return what the token says, or why it is refused. Wants an application context."""
    try:
        return access_claims(token)
    except Unauthenticated as refusal:
        return refusal


def _holder(
    session_id: UUID, expires_at: datetime, living: Mapping[UUID, Identity]
) -> Identity | Unauthenticated:
    identity = living.get(session_id)
    if identity is None:
        return SessionRevoked("This session was closed. Sign in again.")
    return replace(identity, expires_at=expires_at)
