"""Invitations: with one a new operator chooses a password.

The operator's role was fixed when they were added, so the token grants nothing else.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.accounts.single_use_tokens import INVITATION, ShownToken, make_token, void_tokens
from complaints.errors import Refused
from complaints.models import Operator


def invite(session: Session, operator: Operator, *, now: datetime) -> ShownToken:
    """Add an invitation for the operator; earlier ones are void from now on. Raises `Refused`."""
    if not operator.active:
        raise Refused("This account is closed. Open it before you invite.")
    void_tokens(session, operator.id, INVITATION, now=now)
    return make_token(session, INVITATION, operator, now=now)
