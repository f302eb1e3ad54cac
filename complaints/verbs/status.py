"""Changing a complaint's status along the transition table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.errors import Invalid, TransitionRefused
from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint
from complaints.words import CLOSED, TRANSITIONS, Status

ADVISORY_LOCK = 0x6475_706C


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
    no reason, or `duplicate_of` names no other complaint or one that duplicates this one.
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
    _take_turn(session)
    if complaint.id in _originals(session, duplicate_of):
        raise Invalid("That one is a duplicate of this one already.", "/duplicate_of")


def _take_turn(session: Session) -> None:
    """Let nobody else say what duplicates what until this has ended; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")


def _originals(session: Session, complaint_id: UUID) -> set[UUID]:
    """Return what the complaint duplicates, and what that duplicates, as it is in the database now."""
    found: set[UUID] = set()
    following: UUID | None = complaint_id
    while following is not None and following not in found:
        found.add(following)
        following = session.scalar(select(Complaint.duplicate_of).where(Complaint.id == following))
    return found
