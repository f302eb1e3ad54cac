"""The outbox: mails are rows that commit with what owes them, and are sent one by one under a lease.

The lease of a sender that dies runs out, and the mail is sent again: at least once, under the same Message-ID.
All instants are by the database's clock.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from complaints.ids import new_id
from complaints.models import Mail
from complaints.moments import is_over, void_after
from complaints.words import MailKind, MailReason, MailState

LEASE = timedelta(minutes=2)
"""Longer than any attempt may take."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LIFETIME = timedelta(days=1)
MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class MailTaken:
    """The server has it."""


@dataclass(frozen=True, slots=True)
class MailDropped:
    """Nobody needs it, or nobody can get it."""

    reason: MailReason


@dataclass(frozen=True, slots=True)
class MailRefused:
    """The server will never take it."""

    code: int | None


@dataclass(frozen=True, slots=True)
class MailPostponed:
    """It may work later. `of_server` says that no other mail would fare better now."""

    reason: MailReason
    code: int | None = None
    of_server: bool = False


MailOutcome = MailTaken | MailDropped | MailRefused | MailPostponed


def owe_mail(
    session: Session, kind: MailKind, address: str, *, about: dict[str, Any] | None = None, now: datetime
) -> Mail:
    """Add a mail to the address; it is sent once the caller's transaction has committed."""
    mail = Mail(
        id=new_id(),
        kind=kind,
        address=address,
        about=about,
        state=MailState.PENDING,
        attempts=0,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(mail)
    return mail


def claim_mail(session: Session, *, now: datetime) -> Mail | None:
    """Lease the mail that is due first, and return it; None where none is, or others have all of them.

    A wait or a lease that lies further ahead than any may is void: a clock was ahead that wrote it.
    """
    due = is_over(Mail.next_attempt_at, now, void_after(now, LONGEST_WAIT))
    free = or_(Mail.lease_expires_at.is_(None), is_over(Mail.lease_expires_at, now, void_after(now, LEASE)))
    first = select(Mail.id).where(Mail.next_attempt_at.is_not(None), due, free)
    ours = session.scalar(first.order_by(Mail.next_attempt_at).limit(1).with_for_update(skip_locked=True))
    if ours is None:
        return None
    lease = {"lease_token": new_id(), "lease_expires_at": now + LEASE, "attempts": Mail.attempts + 1}
    return session.scalar(update(Mail).where(Mail.id == ours).values(lease).returning(Mail))


def settle_mail(session: Session, mail_id: UUID, lease: UUID, outcome: MailOutcome, *, now: datetime) -> bool:
    """Record what became of a leased mail; false where the lease was lost: then its next holder settles it."""
    query = select(Mail).where(Mail.id == mail_id, Mail.lease_token == lease).with_for_update()
    mail = session.scalar(query.execution_options(populate_existing=True))
    if mail is None:
        return False
    mail.lease_token, mail.lease_expires_at = None, None
    match outcome:
        case MailTaken():
            mail.reason, mail.code = None, None
            _end(mail, MailState.SENT, now)
        case MailDropped(reason):
            mail.reason = reason
            _end(mail, MailState.SKIPPED, now)
        case MailRefused(code):
            mail.reason, mail.code = MailReason.REFUSED, code
            _end(mail, MailState.FAILED, now)
        case MailPostponed(reason, code):
            mail.reason, mail.code = reason, code
            mail.next_attempt_at = now + _wait(mail.attempts)
            if mail.next_attempt_at >= mail.created_at + LIFETIME:
                _end(mail, MailState.FAILED, now)
    return True


def _end(mail: Mail, state: MailState, now: datetime) -> None:
    """Settle it, and forget whose it was."""
    mail.state = state
    mail.settled_at = now
    mail.next_attempt_at = None
    mail.address, mail.about = None, None


def _wait(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubled each time, between half and all of it."""
    longest: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, MOST_DOUBLINGS))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
