"""What is open, for people who ask on Telegram."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from complaints.accounts.rights import sites_of
from complaints.alerts.recipients.preferences import Preferences
from complaints.models import Chat, Complaint
from complaints.queries.complaint_filters import Filters, conditions, is_due
from complaints.words import OPEN, PRIORITY, Status

RANK = case({name.value: rank for name, rank in PRIORITY.items()}, value=Complaint.severity)


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """How many complaints are open, and of those not acknowledged and overdue."""

    open: int
    unacknowledged: int
    overdue: int


def most_urgent(
    session: Session, sites: frozenset[str] | None, *, limit: int, now: datetime
) -> Sequence[Complaint]:
    """Return open complaints that someone limited to `sites` may see: most urgent first, then oldest."""
    query = select(Complaint).where(*conditions(Filters(status=OPEN, sites=sites), now))
    ordered = query.order_by(RANK, Complaint.created_at, Complaint.id)
    return session.scalars(ordered.limit(limit)).all()


def open_figures(session: Session, sites: frozenset[str] | None, *, now: datetime) -> OpenFigures:
    """Count the open complaints that someone limited to `sites` may see."""
    reported, overdue = Complaint.status == Status.REPORTED, is_due(now)
    columns: list[Any] = [
        func.count(),
        func.count(case((reported, 1))),
        func.count(case((overdue, 1))),
    ]
    query = select(*columns).select_from(Complaint)
    row = session.execute(query.where(*conditions(Filters(status=OPEN, sites=sites), now))).one()
    return OpenFigures(*row)


def count_fitting(session: Session, chat: Chat, *, now: datetime) -> int:
    """Count the open complaints that the chat would be told about, by its operator's sites and its preferences."""
    preferences = Preferences.stored(chat.preferences)
    wanted = [name for name, rank in PRIORITY.items() if rank <= PRIORITY[preferences.minimum_severity]]
    filters = Filters(status=OPEN, severity=wanted, sites=sites_of(chat.operator))
    query = select(func.count()).select_from(Complaint).where(*conditions(filters, now))
    if preferences.categories is not None:
        query = query.where(Complaint.category.in_(preferences.categories))
    if preferences.sites is not None:
        query = query.where(Complaint.site.in_(preferences.sites))
    return session.scalar(query) or 0
