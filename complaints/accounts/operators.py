"""Operators: adding, inviting, changing and closing accounts, never to the point that nobody can run the place."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import NewOperator
from complaints.accounts.sessions import revoke_all
from complaints.accounts.single_use_tokens import INVITATION, ShownToken, make_token, void_tokens
from complaints.errors import Refused
from complaints.ids import new_id
from complaints.models import Operator
from complaints.queries.known_words import spelt_sites
from complaints.words import Role


def add_operator(
    session: Session, form: NewOperator, password_hash: str | None, *, now: datetime
) -> Operator:
    """Add the operator and return them. Raises `Refused` for an e-mail that is taken, `Invalid` for a site.

    The password comes hashed: that takes its time, and no transaction should wait for it.
    """
    operator = Operator(
        id=new_id(),
        email=form.email,
        name=form.name,
        role=form.role,
        sites=spelt_sites(session, form.sites),
        password_hash=password_hash,
        active=True,
        created_at=now,
        updated_at=now,
    )
    session.add(operator)
    try:
        session.flush()
    except IntegrityError:
        raise Refused(f"There is an operator with the e-mail {form.email} already.") from None
    return operator


def invite(session: Session, operator: Operator, *, now: datetime) -> ShownToken:
    """Add an invitation for the operator; earlier ones are void from now on. Raises `Refused`.

    Their role was fixed when they were added: its token grants nothing else.
    """
    if not operator.active:
        raise Refused("This account is closed. Open it before you invite.")
    void_tokens(session, operator.id, INVITATION, now=now)
    return make_token(session, INVITATION, operator, now=now)


def change_operator(session: Session, operator: Operator, fields: dict[str, Any], *, now: datetime) -> bool:
    """Set the named fields; closing the account also closes its sessions. Say whether rights changed.

    `fields` comes checked from `OperatorPatch`. Raises `Refused` where no admin of every site would be left.
    """
    if "sites" in fields:
        fields = {**fields, "sites": spelt_sites(session, fields["sites"])}
    before = (operator.role, operator.sites, operator.active)
    was_admin = operator in _lock_admins(session)
    for name, value in fields.items():
        setattr(operator, name, value)
    operator.updated_at = now
    session.flush()
    if was_admin and not _lock_admins(session):
        raise Refused("Nobody would be left who can run the place: this is the last admin of every site.")
    if not operator.active:
        revoke_all(session, operator.id, now=now)
    return before != (operator.role, operator.sites, operator.active)


def _lock_admins(session: Session) -> list[Operator]:
    """Return who can run the place, locked, so that two admins can't close each other at once."""
    query = select(Operator).where(
        Operator.role == Role.ADMIN, Operator.active, Operator.password_hash.is_not(None)
    )
    rows = session.scalars(query.order_by(Operator.id).with_for_update())
    return [row for row in rows if row.sites is None]
