"""The small pictures that are owed: rows say so, one is drawn at a time under a lease, and a broken-off one again.

All instants are by the database's clock.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from complaints.ids import new_id
from complaints.models import Attachment
from complaints.moments import is_over, void_after
from complaints.words import DrawingState

LEASE = timedelta(minutes=2)
"""Longer than any attempt may take."""
PAUSE = timedelta(seconds=30)
"""After a try for which the store was away."""
ATTEMPTS_MAXIMUM = 5
"""What breaks the process that draws it is given up: a picture must not be tried for ever."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Thumbnail and preview lie in the store."""


@dataclass(frozen=True, slots=True)
class Undrawable:
    """Nobody can draw it."""


@dataclass(frozen=True, slots=True)
class DrawLater:
    """It could not be read or kept now; that says nothing of the picture."""


DrawingOutcome = Drawn | Undrawable | DrawLater


def claim_drawing(session: Session, *, now: datetime) -> Attachment | None:
    """Lease the picture that is due first, and return it; None where none is, or others have all of them.

    A wait or a lease that lies further ahead than any may is void: a clock was ahead that wrote it.
    """
    due = is_over(Attachment.next_drawing_at, now, void_after(now, PAUSE))
    leased = Attachment.lease_expires_at
    free = or_(leased.is_(None), is_over(leased, now, void_after(now, LEASE)))
    first = select(Attachment.id).where(Attachment.next_drawing_at.is_not(None), due, free)
    first = first.order_by(Attachment.next_drawing_at).limit(1)
    ours = session.scalar(first.with_for_update(skip_locked=True))
    if ours is None:
        return None
    attempts = Attachment.drawing_attempts + 1
    lease = {"lease_token": new_id(), "lease_expires_at": now + LEASE, "drawing_attempts": attempts}
    return session.scalar(update(Attachment).where(Attachment.id == ours).values(lease).returning(Attachment))


def settle_drawing(
    session: Session, attachment_id: UUID, lease: UUID, outcome: DrawingOutcome, *, now: datetime
) -> bool:
    """Record what became of a leased picture; false where the lease was lost, or the picture deleted."""
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.lease_token == lease)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        return False
    found.lease_token, found.lease_expires_at = None, None
    match outcome:
        case Drawn():
            found.drawing, found.next_drawing_at = DrawingState.DONE, None
        case Undrawable():
            found.drawing, found.next_drawing_at = DrawingState.FAILED, None
        case DrawLater():
            found.next_drawing_at = now + PAUSE * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
            found.drawing_attempts -= 1
    return True


def is_given_up(attachment: Attachment) -> bool:
    """Say whether the leased picture was broken off too often to be tried once more."""
    return attachment.drawing_attempts > ATTEMPTS_MAXIMUM
