"""Sessions: one row a sign-in, checked by its primary key at every request.

A refresh token is good once. Whoever shows an old one shows that two hold the session, so it is revoked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from complaints.accounts.rights import as_sites
from complaints.errors import SessionRevoked
from complaints.events.event_types import ActorKind
from complaints.ids import digest
from complaints.models import Operator, OperatorSession

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=14)
ROTATION_LEEWAY = timedelta(seconds=5)
REVOKED_CHANNEL = "redress:revoked"
PROGRAM = str(ActorKind.API_CLIENT)
HOLDERS = (
    select(
        OperatorSession.id,
        OperatorSession.expires_at,
        OperatorSession.operator_id,
        Operator.name,
        Operator.role,
        Operator.sites,
    )
    .join(OperatorSession.operator)
    .where(
        OperatorSession.id.in_(bindparam("session_ids", expanding=True)),
        OperatorSession.revoked_at.is_(None),
        OperatorSession.expires_at > bindparam("now"),
        Operator.active,
    )
)
"""Made once: making it anew takes a third of the time of the query."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who holds an access token or an API key now: an operator, or an API client, whose role is `PROGRAM`.

    `session_id` is the session, or the key. `sites` None means all; `expires_at` is the end of token or key, None
    where it has none.
    """

    holder_id: UUID
    session_id: UUID
    name: str
    role: str
    sites: frozenset[str] | None
    expires_at: datetime | None

    @property
    def is_program(self) -> bool:
        """Say whether it is an API client, and no person."""
        return self.role == PROGRAM


def open_session(
    session: Session,
    operator: Operator,
    jti: str,
    *,
    session_id: UUID,
    now: datetime,
    user_agent: str | None,
    address: str | None,
) -> OperatorSession:
    """Add a session whose only good refresh token has this `jti`."""
    row = OperatorSession(
        id=session_id,
        operator=operator,
        refresh_hash=digest(jti),
        user_agent=user_agent,
        address=address,
        created_at=now,
        used_at=now,
        expires_at=now + REFRESH_LIFETIME,
    )
    session.add(row)
    return row


def find_live(session: Session, session_id: UUID, *, now: datetime) -> OperatorSession:
    """Return the session with its operator; raises `SessionRevoked` where either is closed."""
    row = session.get(OperatorSession, session_id)
    if row is None or row.revoked_at is not None or row.expires_at <= now or not row.operator.active:
        raise SessionRevoked("This session was closed. Sign in again.")
    return row


def rotate(
    session: Session, session_id: UUID, jti: str, next_jti: str, *, now: datetime
) -> OperatorSession | None:
    """Make `next_jti`, which follows `jti` and no other, the good refresh token in its place; return the session.

    Where that was done a moment ago, nothing changes: two showed the token at once. Where `jti` is not the good one
    else, the session is revoked and None returned. Raises `SessionRevoked` where it was closed before.
    """
    query = (
        select(OperatorSession).where(OperatorSession.id == session_id).with_for_update(of=OperatorSession)
    )
    session.scalar(query.execution_options(populate_existing=True))
    row = find_live(session, session_id, now=now)
    if _was_just_rotated(row, next_jti, now):
        return row
    if not compare_digest(row.refresh_hash, digest(jti)):
        row.revoked_at = now
        return None
    row.refresh_hash = digest(next_jti)
    row.used_at = now
    row.expires_at = now + REFRESH_LIFETIME
    return row


def _was_just_rotated(row: OperatorSession, next_jti: str, now: datetime) -> bool:
    return compare_digest(row.refresh_hash, digest(next_jti)) and abs(now - row.used_at) <= ROTATION_LEEWAY


def revoke(session: Session, session_id: UUID, operator_id: UUID, *, now: datetime) -> bool:
    """Close one open session of the operator; say whether there was one."""
    query = update(OperatorSession).where(
        OperatorSession.id == session_id,
        OperatorSession.operator_id == operator_id,
        OperatorSession.revoked_at.is_(None),
    )
    return session.execute(query.values(revoked_at=now).returning(OperatorSession.id)).first() is not None


def revoke_all(session: Session, operator_id: UUID, *, keep: UUID | None = None, now: datetime) -> list[UUID]:
    """Close every open session of the operator, save `keep`; return their ids."""
    query = update(OperatorSession).where(
        OperatorSession.operator_id == operator_id, OperatorSession.revoked_at.is_(None)
    )
    if keep is not None:
        query = query.where(OperatorSession.id != keep)
    return list(session.scalars(query.values(revoked_at=now).returning(OperatorSession.id)))


def load_identities(session: Session, session_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Identity]:
    """Return who holds each of these sessions, in one query; the closed ones are left out.

    `expires_at` is here the session's end, not a token's.
    """
    found = session.execute(HOLDERS, {"session_ids": list(session_ids), "now": now})
    return {
        session_id: Identity(operator_id, session_id, name, role, as_sites(sites), expires_at)
        for session_id, expires_at, operator_id, name, role, sites in found
    }
