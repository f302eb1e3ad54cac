"""The bot's lease: of several bot processes one takes the updates.

`workers/telegram/bot/bot_process.py` asks for it, and takes over where another's has run out.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from complaints.db import insert_ignoring
from complaints.models import Lease
from complaints.moments import is_over, void_after

NAME = "bot"
LIFETIME = timedelta(seconds=15)


def hold_bot_lease(session: Session, holder: str, *, now: datetime) -> bool:
    """Take the lease or lengthen it; false where another process holds it."""
    mine_or_free = or_(Lease.holder == holder, is_over(Lease.expires_at, now, void_after(now, LIFETIME)))
    query = update(Lease).where(Lease.name == NAME, mine_or_free)
    values = {"holder": holder, "expires_at": now + LIFETIME}
    if session.scalar(query.values(values).returning(Lease.name)) is not None:
        return True
    return insert_ignoring(session, Lease, [{"name": NAME, **values}]) == 1


def give_bot_lease_back(session: Session, holder: str) -> None:
    """Let the next process take it at once."""
    session.execute(delete(Lease).where(Lease.name == NAME, Lease.holder == holder))
