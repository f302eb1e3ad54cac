"""Is an alert still worth sending? Rights and the complaint's state are looked at again at the last moment."""

from dataclasses import dataclass
from uuid import UUID

from complaints.accounts.rights import has_role, sites_of
from complaints.alerts.chats import ACTIVE
from complaints.alerts.kinds import KINDS, Matters, Told
from complaints.models import Chat, Complaint
from complaints.queries.finding import may_see
from complaints.words import CLOSED, Role, Status

OUT_OF_SIGHT = "the operator may not see this site"


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


def chat_objects(chat: Chat) -> str | None:
    """Return why the chat must not be alerted at all, or None."""
    if chat.state != ACTIVE:
        return f"the chat is {chat.state}"
    if not chat.operator.active:
        return "the operator's account is closed"
    return None


def complaint_objects(facts: Facts, chat: Chat) -> str | None:
    """Return why the chat must not be alerted of the complaint any more, or None."""
    status = Status(facts.status)
    if not may_see(sites_of(chat.operator), facts.site):
        return OUT_OF_SIGHT
    if _is_for_admins(facts, chat) and not has_role(chat.operator.role, Role.ADMIN):
        return "the operator is no admin any more"
    match KINDS[facts.kind].matters:
        case Matters.UNTIL_ACKNOWLEDGED if status is not Status.REPORTED:
            return f"the complaint was {status} before the alert could be sent"
        case Matters.WHILE_ASSIGNED if status in CLOSED:
            return f"the complaint was {status} before the alert could be sent"
        case Matters.WHILE_ASSIGNED if facts.assignee_id != facts.owner_id:
            return "the complaint is assigned to somebody else by now"
    return None


def _is_for_admins(facts: Facts, chat: Chat) -> bool:
    """Escalations, and what comes here in place of somebody else's chat."""
    return KINDS[facts.kind].told is Told.THE_ADMINS or facts.owner_id != chat.operator_id
