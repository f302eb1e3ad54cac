"""Acting on a complaint from a phone: the same verbs and rights as the API's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.alerts.messages.status_origin import status_origin_of
from complaints.errors import Refused, TransitionRefused
from complaints.events.event_types import Actor, ActorKind
from complaints.models import Complaint, Operator
from complaints.texts.chat_text import as_said
from complaints.verbs import change_status
from complaints.words import CLOSED, Status
from workers.telegram.incoming.update_shapes import IncomingMessage, Person


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody does to a complaint, which is locked; `message` is the one whose button they pressed."""

    session: Session
    update_id: int
    person: Person
    complaint: Complaint
    operator: Operator
    now: datetime
    message: IncomingMessage | None = None

    @property
    def actor(self) -> Actor:
        """Who the event will name."""
        return Actor(ActorKind.OPERATOR, self.operator.id, self.operator.name)

    @property
    def request_id(self) -> str:
        """What the event and the log lines carry."""
        return f"telegram-{self.update_id}"


def change(action: Action, status: Status, *, reason: str | None = None) -> None:
    """Change the complaint's status; raises `Refused`, which says who was faster.

    A reason is for a reopening; without one a closed complaint stays closed, whatever the button said once.
    """
    closed = Status(action.complaint.status) in CLOSED
    if closed is (reason is None):
        raise already(action)
    try:
        change_status(
            action.session,
            action.complaint,
            status=status,
            actor=action.actor,
            now=action.now,
            reason=reason,
            request_id=action.request_id,
        )
    except TransitionRefused as error:
        raise already(action) from error


def already(action: Action) -> Refused:
    """Return the refusal that tells how the complaint stands, and by whom."""
    who = status_origin_of(action.session, action.complaint.id).actor
    words = Status(action.complaint.status).replace("_", " ")
    return Refused(
        f"{action.complaint.reference} is {words} already, by {as_said(who) if who else 'somebody'}."
    )
