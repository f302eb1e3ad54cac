"""Another password: by who knows the old one, or by who was given a link. What was open under the old one ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.sessions import revoke_all
from complaints.accounts.single_use_tokens import (
    KINDS,
    RESET,
    ShownToken,
    TokenKind,
    make_token,
    use_token,
    void_tokens,
)
from complaints.errors import Invalid, Refused
from complaints.models import Operator


def start_reset(session: Session, operator: Operator, *, now: datetime) -> ShownToken:
    """Add a token for the operator to choose another password by. Raises `Refused` for a closed account.

    Earlier ones stay good for their hour: a letter that comes late, or twice, must not close its own link.
    """
    if not operator.active:
        raise Refused("This account is closed. Open it before its password is chosen anew.")
    return make_token(session, RESET, operator, now=now)


def choose_password(
    session: Session, kind: TokenKind, token: str, password_hash: str, *, now: datetime
) -> Operator:
    """Give the token's operator this password and return them; whoever was signed in as them is no longer.

    Raises `Invalid` for a token that is not good.
    """
    operator = use_token(session, kind, token, now=now)
    _set_password(session, operator, password_hash, keep=None, now=now)
    return operator


def change_password(
    session: Session, known: Operator, password_hash: str, *, keep: UUID | None, now: datetime
) -> None:
    """Give the operator this password; of their sessions only `keep` stays.

    `known` is as they were when they showed their password. Raises `Invalid` where it was changed since.
    """
    query = select(Operator).where(Operator.id == known.id).with_for_update(of=Operator)
    operator = session.scalars(query.execution_options(populate_existing=True)).one()
    if operator.password_hash != known.password_hash:
        raise wrong_password()
    _set_password(session, operator, password_hash, keep=keep, now=now)


def wrong_password() -> Invalid:
    """Return what to raise where the password that somebody showed is not theirs."""
    return Invalid("This is not your password.", "/current_password")


def _set_password(
    session: Session, operator: Operator, password_hash: str, *, keep: UUID | None, now: datetime
) -> None:
    operator.password_hash = password_hash
    operator.updated_at = now
    session.flush()
    void_tokens(session, operator.id, *KINDS, now=now)
    revoke_all(session, operator.id, keep=keep, now=now)
