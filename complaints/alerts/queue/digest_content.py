"""What a digest says of the alerts that were merged into it: only what still matters when it is sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from complaints.alert_words import AlertState
from complaints.alerts.recipients.relevance import Facts, complaint_objects
from complaints.models import Alert, Chat, Complaint
from complaints.words import PRIORITY, Severity

LISTED = 10
LINE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One complaint of a digest."""

    reference: str
    severity: str
    site: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """So many `complaints`, the `worst` of them, and how many by category and by site, most first.

    `since` and `until` are when the first and the last of them were submitted.
    """

    complaints: int
    worst: tuple[Line, ...]
    categories: tuple[tuple[str, int], ...]
    sites: tuple[tuple[str, int], ...]
    since: datetime
    until: datetime


def summary_of(session: Session, digest: Alert, chat: Chat) -> Summary | None:
    """Return what the digest says to this chat now; None where nothing of it matters any more."""
    current = {row.id: row for row in _merged(session, digest.id) if _matters(row, chat)}
    if not current:
        return None
    rows = sorted(current.values(), key=lambda row: (PRIORITY[Severity(row.severity)], row.created_at))
    instants = [row.created_at for row in rows]
    return Summary(
        complaints=len(rows),
        worst=tuple(_line(row) for row in rows[:LISTED]),
        categories=_counted(row.category for row in rows),
        sites=_counted(row.site for row in rows if row.site is not None),
        since=min(instants),
        until=max(instants),
    )


def _merged(session: Session, digest_id: UUID) -> Sequence[Any]:
    """The texts are cut where they are read: a digest may stand for thousands of alerts."""
    first_chat = aliased(Chat)
    query = (
        select(
            Alert.kind,
            first_chat.operator_id.label("first_operator_id"),
            Complaint.id,
            Complaint.reference,
            Complaint.severity,
            Complaint.category,
            Complaint.site,
            Complaint.status,
            Complaint.assignee_id,
            Complaint.created_at,
            func.substr(func.coalesce(Complaint.subject, Complaint.description), 1, LINE_LENGTH).label(
                "text"
            ),
        )
        .join(Complaint, Complaint.id == Alert.complaint_id)
        .outerjoin(first_chat, first_chat.id == Alert.rerouted_from)
        .where(Alert.digest_id == digest_id, Alert.state == AlertState.MERGED)
    )
    return session.execute(query).all()


def _matters(row: Any, chat: Chat) -> bool:
    owner_id = row.first_operator_id or chat.operator_id
    return complaint_objects(Facts(row.kind, row.status, row.site, row.assignee_id, owner_id), chat) is None


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _line(row: Any) -> Line:
    return Line(row.reference, row.severity, row.site, row.text)
