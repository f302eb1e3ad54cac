"""Giving a complaint to an operator, or taking it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.accounts.rights import has_role, sites_of
from complaints.errors import Invalid
from complaints.events.append import append_event
from complaints.events.event_types import Actor, Changes, EventType
from complaints.models import Complaint, Operator
from complaints.queries.finding import may_see
from complaints.words import Role


def assign(
    session: Session,
    complaint: Complaint,
    *,
    assignee: Operator | None,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> Complaint:
    """Give the locked complaint to `assignee` (None takes it back) and append `assignment_update`.

    Who has it already keeps it, and nothing is appended. Raises `Invalid` for an operator who can't work on
    it.
    """
    before = complaint.assignee
    if (before and before.id) == (assignee and assignee.id):
        return complaint
    if assignee is not None:
        _check_assignee(assignee, complaint)
    changes: Changes = {"assignee": [_brief(before), _brief(assignee)]}
    complaint.assignee = assignee
    complaint.version += 1
    complaint.updated_at = now
    append_event(
        session,
        complaint,
        EventType.ASSIGNMENT_UPDATE,
        actor=actor,
        changes=changes,
        now=now,
        request_id=request_id,
    )
    return complaint


def _check_assignee(assignee: Operator, complaint: Complaint) -> None:
    if not assignee.active or not has_role(assignee.role, Role.AGENT):
        raise Invalid(f"{assignee.name} can't be assigned complaints.", "/operator_id")
    if not may_see(sites_of(assignee), complaint.site):
        raise Invalid(f"{assignee.name} does not work for this complaint's site.", "/operator_id")


def _brief(operator: Operator | None) -> dict[str, str] | None:
    return None if operator is None else {"id": str(operator.id), "name": operator.name}
