"""Invitations: a random token, good once and for 72 hours, with which an operator chooses a password.

Only its SHA-256 is kept. The operator's role was fixed when they were added, so the token grants nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from complaints.accounts.sessions import revoke_all
from complaints.errors import Invalid, Refused
from complaints.ids import digest, new_id, new_secret
from complaints.models import Invitation, Operator
from complaints.moments import is_ahead, void_after

LIFETIME = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Invited:
    """A token, which nobody can ask for again, and when it ends."""

    token: str
    expires_at: datetime


def invite(session: Session, operator: Operator, *, now: datetime) -> Invited:
    """Add an invitation for the operator; earlier ones are void from now on."""
    if not operator.active:
        raise Refused("This account is closed. Open it before you invite.")
    _void(session, operator, now)
    invited = Invited(new_secret(), now + LIFETIME)
    session.add(
        Invitation(
            id=new_id(),
            operator_id=operator.id,
            token_hash=digest(invited.token),
            expires_at=invited.expires_at,
            created_at=now,
        )
    )
    return invited


def require_good(session: Session, token: str, *, now: datetime) -> None:
    """Raise `Invalid` for a token that is not known, was used or is past its time."""
    if session.scalar(select(Invitation.id).where(*_is_good(token, now))) is None:
        raise _refusal()


def accept(session: Session, token: str, password_hash: str, *, now: datetime) -> Operator:
    """Give the invited operator this password and return them; whoever was signed in as them is no longer.

    Raises `Invalid` as above; of two who accept at once one wins.
    """
    query = update(Invitation).where(*_is_good(token, now))
    operator_id = session.scalar(query.values(used_at=now).returning(Invitation.operator_id))
    operator = None if operator_id is None else session.get_one(Operator, operator_id)
    if operator is None or not operator.active:
        raise _refusal()
    operator.password_hash = password_hash
    operator.updated_at = now
    revoke_all(session, operator.id, now=now)
    return operator


def _is_good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.token_hash == digest(token),
        Invitation.used_at.is_(None),
        is_ahead(Invitation.expires_at, now, void_after(now, LIFETIME)),
    )


def _refusal() -> Invalid:
    return Invalid("This invitation is not known, was used, or has expired. Ask for a new one.", "/token")


def _void(session: Session, operator: Operator, now: datetime) -> None:
    query = update(Invitation).where(Invitation.operator_id == operator.id, Invitation.used_at.is_(None))
    session.execute(query.values(used_at=now))
