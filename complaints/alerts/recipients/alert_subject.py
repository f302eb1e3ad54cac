"""Owing: what an alert about a complaint is about, and its row as it is first owed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.alert_words import NO_REASON, Reason, ReasonCode
from complaints.alerts.kinds import KINDS
from complaints.alerts.state.alert_state import Row, failed_row, pending_row
from complaints.events.snapshot import Snapshot
from complaints.models import Complaint, Event
from complaints.words import Severity

NOBODY_ELSE = Reason("the chat can't be reached, and nobody else can be told", ReasonCode.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class AlertSubject:
    """What decides who is told, and how urgently; `seq` and `request_id` are the event's, where there is one."""

    complaint_id: UUID
    severity: Severity
    category: str
    site: str | None
    assignee_id: str | None
    seq: int | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A chat that is told. `instead_of` is the one that can't be reached; who is `lost` has no other."""

    chat_id: UUID
    instead_of: UUID | None = None
    lost: bool = False


def subject_of_event(event: Event) -> AlertSubject:
    """Return what the event is about, as it was then; raises pydantic's ValidationError for a broken snapshot."""
    then = Snapshot.model_validate(event.data)
    return AlertSubject(
        complaint_id=event.complaint_id,
        severity=then.severity,
        category=then.category,
        site=then.site,
        assignee_id=None if then.assignee is None else str(then.assignee.id),
        seq=event.seq,
        request_id=event.request_id,
    )


def subject_of_complaint(complaint: Complaint) -> AlertSubject:
    """Return what an alert about the complaint as it is now is about."""
    return AlertSubject(
        complaint_id=complaint.id,
        severity=Severity(complaint.severity),
        category=complaint.category,
        site=complaint.site,
        assignee_id=None if complaint.assignee_id is None else str(complaint.assignee_id),
    )


def alert_row(subject: AlertSubject, recipient: Recipient, kind: str, key: str, now: datetime) -> Row:
    """Return the alert's row, due now; that of who is lost has failed, visibly, and can be sent again by hand."""
    row = pending_row(
        chat_id=recipient.chat_id,
        kind=kind,
        key=key,
        priority=KINDS[kind].priority(subject.severity),
        now=now,
        complaint_id=subject.complaint_id,
        event_seq=subject.seq,
        rerouted_from=recipient.instead_of,
        request_id=subject.request_id,
        **NO_REASON,
    )
    return failed_row(row, NOBODY_ELSE) if recipient.lost else row
