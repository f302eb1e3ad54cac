"""What the API answers, as pydantic models: the OpenAPI document is made of them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from complaints.clock import to_wire
from complaints.events import snapshot
from complaints.models import Chat, Comment, Complaint, Operator
from complaints.preferences import Preferences
from complaints.words import Role, Severity, Status

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Shape(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class Brief(Shape):
    """Somebody, by id and name."""

    id: UUID
    name: str


class ReporterShape(Shape):
    """Who complained."""

    name: str | None
    email: str | None
    phone: str | None


class ComplaintShape(Shape):
    """A complaint; instants are RFC 3339 in UTC."""

    id: UUID
    reference: str
    subject: str | None
    description: str
    category: str
    severity: Severity
    site: str | None
    location: str | None
    reporter: ReporterShape | None
    source: str | None
    external_id: str | None
    extra: dict[str, Any]
    status: Status
    assignee: Brief | None
    duplicate_of: UUID | None
    version: int
    ack_due_at: Instant | None
    resolve_due_at: Instant | None
    acknowledged_at: Instant | None
    resolved_at: Instant | None
    created_at: Instant
    updated_at: Instant


class ComplaintPage(Shape):
    """A page of complaints. Subscribe after `head_seq` of the first page and miss nothing."""

    items: list[ComplaintShape]
    next_cursor: str | None
    head_seq: int
    epoch: str


class ActorShape(Shape):
    """Who did something."""

    kind: str
    id: UUID | None
    name: str


class EnvelopeShape(Shape):
    """An event; `seq` is null until it is numbered."""

    seq: int | None
    name: str
    occurred_at: Instant
    actor: ActorShape
    data: dict[str, Any]
    changes: dict[str, Any]


class EventPage(Shape):
    """Events of one complaint, oldest first."""

    items: list[EnvelopeShape]
    next_cursor: str | None


class FeedPage(Shape):
    """Numbered events in their one order; go on with `head` as `after`, at once where there is `more`.

    Not `complete`: what came after `after` can't be told whole; read the list again, and go on after `top`, the
    last seq of all. `sites` are those that the caller may see, null for all: no event tells that they are others.
    """

    items: list[EnvelopeShape]
    head: int
    epoch: str
    complete: bool
    more: bool
    top: int
    sites: list[str] | None


class CommentShape(Shape):
    """A remark under a complaint."""

    id: UUID
    author: ActorShape
    text: str
    visibility: str
    created_at: Instant


class CommentPage(Shape):
    """Remarks under a complaint, oldest first."""

    items: list[CommentShape]
    next_cursor: str | None


class ColleagueShape(Shape):
    """A person who signs in, as agents see them."""

    id: UUID
    email: str
    name: str
    role: Role
    active: bool


class OperatorShape(ColleagueShape):
    """A person who signs in. `sites` null means every site."""

    sites: list[str] | None
    created_at: Instant


class ChatShape(Shape):
    """A Telegram chat that was linked to receive alerts."""

    id: UUID
    telegram_id: int
    type: str
    title: str
    state: Literal["active", "muted", "unreachable", "left"]
    state_reason: str | None
    muted_until: Instant | None
    preferences: Preferences
    operator: Brief
    created_at: Instant


class ChatPage(Shape):
    """Linked chats."""

    items: list[ChatShape]
    next_cursor: str | None


class AlertRef(Shape):
    """An alert, by its id."""

    id: UUID


def chat_on_wire(chat: Chat) -> dict[str, Any]:
    """Return the chat as the API shows it."""
    return {
        "id": chat.id,
        "telegram_id": chat.telegram_id,
        "type": chat.type,
        "title": chat.title,
        "state": chat.state,
        "state_reason": chat.state_reason,
        "muted_until": to_wire(chat.muted_until),
        "preferences": Preferences.model_validate(chat.preferences),
        "operator": {"id": chat.operator.id, "name": chat.operator.name},
        "created_at": to_wire(chat.created_at),
    }


def complaint_on_wire(complaint: Complaint) -> dict[str, Any]:
    """Return the complaint as the API shows it."""
    return {**snapshot(complaint), "reporter": complaint.reporter}


def comment_on_wire(comment: Comment) -> dict[str, Any]:
    """Return the remark as the API shows it."""
    return {
        "id": comment.id,
        "author": {"kind": comment.author_kind, "id": comment.author_id, "name": comment.author_name},
        "text": comment.text,
        "visibility": comment.visibility,
        "created_at": to_wire(comment.created_at),
    }


def operator_on_wire(operator: Operator) -> dict[str, Any]:
    """Return the operator as the API shows them."""
    return {
        "id": operator.id,
        "email": operator.email,
        "name": operator.name,
        "role": operator.role,
        "sites": operator.sites,
        "active": operator.active,
        "created_at": to_wire(operator.created_at),
    }
