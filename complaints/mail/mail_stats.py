"""How the mails stand: what monitoring watches."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.models import Mail
from complaints.words import MailState

LATELY = timedelta(days=1)


def count_mails(session: Session, *, now: datetime) -> dict[str, int]:
    """Return how many mails of the last day there are in each state."""
    query = select(Mail.state, func.count()).where(Mail.created_at > now - LATELY).group_by(Mail.state)
    return dict.fromkeys(MailState, 0) | {state: number for state, number in session.execute(query)}  # noqa: C416 - rows
