"""Is an alert still worth sending? Rights and the complaint's state are looked at again at the last moment."""

from dataclasses import dataclass
from uuid import UUID

from complaints.accounts.rights import has_role, sites_of
from complaints.alert_words import ChatState, Reason, ReasonCode
from complaints.alerts.kinds import Matters, Told, kind_of
from complaints.models import Chat, Complaint
from complaints.queries.finding import may_see
from complaints.words import CLOSED, Role, Status

OUT_OF_SIGHT = Reason("the operator may not see this site", ReasonCode.OUT_OF_SIGHT)
ACCOUNT_CLOSED = Reason("the operator's account is closed", ReasonCode.ACCOUNT_CLOSED)
NO_ADMIN = Reason("the operator is no admin any more", ReasonCode.NO_ADMIN)
REASSIGNED = Reason("the complaint is assigned to somebody else by now", ReasonCode.REASSIGNED)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about an alert: its kind, how its complaint stands, and whose alert it first was."""

    kind: str
    status: str
    site: str | None
    assignee_id: UUID | None
    owner_id: UUID


def facts_of(kind: str, complaint: Complaint, owner_id: UUID) -> Facts:
    """Return the facts about an alert of this kind."""
    return Facts(kind, complaint.status, complaint.site, complaint.assignee_id, owner_id)


def chat_objects(chat: Chat) -> Reason | None:
    """Return why the chat must not be alerted at all, or None."""
    if chat.state != ChatState.ACTIVE:
        return Reason(f"the chat is {chat.state}", ReasonCode.CHAT_INACTIVE)
    if not chat.operator.active:
        return ACCOUNT_CLOSED
    return None


def complaint_objects(facts: Facts, chat: Chat) -> Reason | None:
    """Return why the chat must not be alerted of the complaint any more, or None."""
    status = Status(facts.status)
    if not may_see(sites_of(chat.operator), facts.site):
        return OUT_OF_SIGHT
    if _is_for_admins(facts, chat) and not has_role(chat.operator.role, Role.ADMIN):
        return NO_ADMIN
    match kind_of(facts.kind).matters:
        case Matters.UNTIL_ACKNOWLEDGED if status is not Status.REPORTED:
            return _too_late(status)
        case Matters.WHILE_ASSIGNED if status in CLOSED:
            return _too_late(status)
        case Matters.WHILE_ASSIGNED if facts.assignee_id != facts.owner_id:
            return REASSIGNED
    return None


def _too_late(status: Status) -> Reason:
    return Reason(f"the complaint was {status} before the alert could be sent", ReasonCode.TOO_LATE)


def _is_for_admins(facts: Facts, chat: Chat) -> bool:
    """Escalations, and what comes here in place of somebody else's chat."""
    return kind_of(facts.kind).told is Told.THE_ADMINS or facts.owner_id != chat.operator_id
