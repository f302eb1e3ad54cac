"""Tokens with which an operator chooses a password: random, good once and for a while. Only a SHA-256 is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from complaints.errors import Invalid
from complaints.ids import digest, new_id, new_secret
from complaints.models import Invitation, Operator, PasswordReset
from complaints.moments import is_ahead, void_after


@dataclass(frozen=True, slots=True)
class TokenKind:
    """Where tokens of a kind are kept, how long they are good, and what is said of one that isn't."""

    model: type[Invitation] | type[PasswordReset]
    lifetime: timedelta
    refusal: str


INVITATION = TokenKind(
    Invitation,
    timedelta(hours=72),
    "This invitation is not known, was used, or has expired. Ask for a new one.",
)
RESET = TokenKind(
    PasswordReset,
    timedelta(hours=1),
    "This link is not known, was used, or has expired. Ask for a new one.",
)
KINDS = (INVITATION, RESET)


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A token, which nobody can ask for again, and when it ends."""

    token: str
    expires_at: datetime


def make_token(session: Session, kind: TokenKind, operator: Operator, *, now: datetime) -> ShownToken:
    """Add a token for the operator; those of before stay good."""
    shown = ShownToken(new_secret(), now + kind.lifetime)
    session.add(
        kind.model(
            id=new_id(),
            operator_id=operator.id,
            token_hash=digest(shown.token),
            expires_at=shown.expires_at,
            created_at=now,
        )
    )
    return shown


def require_good(session: Session, kind: TokenKind, token: str, *, now: datetime) -> None:
    """Raise `Invalid` for a token that is not known, was used or is past its time."""
    if session.scalar(select(kind.model.id).where(*_is_good(kind, token, now))) is None:
        raise _refusal(kind)


def use_token(session: Session, kind: TokenKind, token: str, *, now: datetime) -> Operator:
    """Use the token up and return its operator; raises `Invalid` as above. Of two who use it at once one wins."""
    query = update(kind.model).where(*_is_good(kind, token, now))
    operator_id = session.scalar(query.values(used_at=now).returning(kind.model.operator_id))
    operator = None if operator_id is None else session.get_one(Operator, operator_id)
    if operator is None or not operator.active:
        raise _refusal(kind)
    return operator


def void_tokens(session: Session, operator_id: UUID, *kinds: TokenKind, now: datetime) -> None:
    """Let no token of these kinds be good any more that the operator has."""
    for kind in kinds:
        unused = update(kind.model).where(kind.model.operator_id == operator_id, kind.model.used_at.is_(None))
        session.execute(unused.values(used_at=now))


def invitation_url(public_url: str, token: str) -> str:
    """Return where an invitation leads. The token stands behind the `#`: no server's log has it."""
    return f"{public_url}/invitation#{token}"


def reset_url(public_url: str, token: str) -> str:
    """Return where another password is chosen; the token stands behind the `#`."""
    return f"{public_url}/reset#{token}"


def _is_good(kind: TokenKind, token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        kind.model.token_hash == digest(token),
        kind.model.used_at.is_(None),
        is_ahead(kind.model.expires_at, now, void_after(now, kind.lifetime)),
    )


def _refusal(kind: TokenKind) -> Invalid:
    return Invalid(kind.refusal, "/token")
