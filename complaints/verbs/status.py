"""Changing a complaint's status along the transition table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from complaints.errors import Invalid, TransitionRefused
from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint
from complaints.words import CLOSED, TRANSITIONS, Status


def change_status(
    session: Session,
    complaint: Complaint,
    *,
    status: Status,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    duplicate_of: UUID | None = None,
    request_id: str | None = None,
) -> Complaint:
    """Change the status of the locked complaint and append `status_update`.

    Raises `TransitionRefused` for what the table doesn't allow, a no-op too; `Invalid` where a reopening has
    no reason or `duplicate_of` names no other complaint.
    """
    before = Status(complaint.status)
    _check_transition(before, status)
    if before in CLOSED and not reason:
        raise Invalid("Reopening wants a reason.", "/reason")
    _check_duplicate(session, complaint, status, duplicate_of)
    changes: Changes = {"status": [before, status]}
    if reason:
        changes["reason"] = [None, reason]
    complaint.status = status
    complaint.duplicate_of = duplicate_of
    if complaint.acknowledged_at is None:
        complaint.acknowledged_at = now
        complaint.remind_at = None
    complaint.resolved_at = now if status is Status.RESOLVED else None
    complaint.version += 1
    complaint.updated_at = now
    append_event(
        session,
        complaint,
        EventType.STATUS_UPDATE,
        actor=actor,
        changes=changes,
        now=now,
        request_id=request_id,
    )
    return complaint


def _check_transition(before: Status, after: Status) -> None:
    allowed = TRANSITIONS[before]
    if after not in allowed:
        names = ", ".join(allowed)
        raise TransitionRefused(
            f"A complaint that is {before} can't become {after}. Allowed: {names}.", tuple(allowed)
        )


def _check_duplicate(
    session: Session, complaint: Complaint, status: Status, duplicate_of: UUID | None
) -> None:
    if duplicate_of is None:
        return
    if status is not Status.DUPLICATE:
        raise Invalid("Only a duplicate can name what it duplicates.", "/duplicate_of")
    if duplicate_of == complaint.id or session.get(Complaint, duplicate_of) is None:
        raise Invalid("There is no other complaint with this id.", "/duplicate_of")
