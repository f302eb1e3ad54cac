"""What the API answers, as pydantic models: the OpenAPI document is made of them."""

from collections.abc import Callable
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from complaints.alert_words import ChatReason, ChatState
from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import to_wire
from complaints.events.envelope import ActorShape, Envelope
from complaints.events.snapshot import Brief, Instant, Snapshot
from complaints.forms.choices import one_of
from complaints.models import Attachment, Chat, Comment, Operator
from complaints.queries.paging import ListPage
from complaints.words import DrawingState, Role

T = TypeVar("T")


class Shape(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class ReporterShape(Shape):
    """Who complained. `email_usable` is there, and false, where no mail could be sent to the address."""

    name: str | None
    email: str | None
    phone: str | None
    email_usable: bool = Field(default=True, exclude_if=bool)


class ComplaintShape(Snapshot):
    """A complaint; instants are RFC 3339 in UTC."""

    reporter: ReporterShape | None


class AttachmentShape(Shape):
    """A file of a complaint; `bytes` and `sha256` are of what `url` answers.

    `width` and `height` are those of a picture, turned upright. `thumbnail_url` is null where there can be none.
    """

    id: UUID = Field(examples=["0192f0c1-2b3c-7d4e-8f90-123456789abc"], description="The attachment's id.")
    filename: str = Field(examples=["lift.jpg"], description="What it is called; the ending fits what it is.")
    content_type: str = Field(examples=["image/jpeg"], description="What it is, by its content.")
    bytes: int = Field(examples=[482113], description="How long it is, as it is kept.")
    sha256: str = Field(examples=["9f86d081884c7d65…"], description="The hash of it as it is kept.")
    width: int | None = Field(examples=[4032], description="A picture's width in pixels.")
    height: int | None = Field(examples=[3024], description="A picture's height in pixels.")
    url: str = Field(
        examples=["/api/v1/attachments/0192f0c1-2b3c-7d4e-8f90-123456789abc"],
        description="Where its bytes are.",
    )
    thumbnail_url: str | None = Field(
        examples=["/api/v1/attachments/0192f0c1-2b3c-7d4e-8f90-123456789abc?thumbnail=1"],
        description="Where a small WebP of a picture is, or will be in a moment.",
    )
    created_at: Instant = Field(examples=["2025-11-24T14:05:00Z"], description="When it came.")

    @classmethod
    def of(cls, attachment: Attachment) -> Self:
        """Return the file as the API shows it."""
        url = f"/api/v1/attachments/{attachment.id}"
        can_be = attachment.drawing in (DrawingState.PENDING, DrawingState.DONE)
        return cls(
            **{name: getattr(attachment, name) for name in SAID_AS_KEPT},
            url=url,
            thumbnail_url=f"{url}?thumbnail=1" if can_be else None,
        )


SAID_AS_KEPT = ("id", "filename", "content_type", "bytes", "sha256", "width", "height", "created_at")


class AttachmentPage(Shape):
    """The files of a complaint, in the order in which they came."""

    items: list[AttachmentShape] = Field(description="The files.", examples=[[]])
    next_cursor: str | None = Field(description="Where the next page begins.", examples=[None])


class OneComplaintShape(ComplaintShape):
    """A complaint by itself, with its files; instants are RFC 3339 in UTC."""

    attachments: list[AttachmentShape] = Field(
        description="Its files, in the order in which they came.", examples=[[]]
    )


class ComplaintPage(Shape):
    """A page of complaints. Subscribe after `head_seq` of the first page and miss nothing."""

    items: list[ComplaintShape]
    next_cursor: str | None
    head_seq: int
    epoch: str


class EventPage(Shape):
    """Events of one complaint, oldest first."""

    items: list[Envelope]
    next_cursor: str | None


class FeedPage(Shape):
    """Numbered events in their one order; go on with `head` as `after`, at once where there is `more`.

    Not `complete`: what came after `after` can't be told whole; read the list again, and go on after `top`, the
    last seq of all. `sites` are those that the caller may see, null for all: no event tells that they are others.
    """

    items: list[Envelope]
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
    state: Annotated[str, one_of(ChatState)]
    state_reason: str | None
    state_code: Annotated[str, one_of(ChatReason)] | None
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


def page_on_wire(page: ListPage[T], on_wire: Callable[[T], Any]) -> dict[str, Any]:
    """Return a page of a list as the API shows it."""
    return {"items": [on_wire(row) for row in page.rows], "next_cursor": page.next_cursor}


def chat_on_wire(chat: Chat) -> dict[str, Any]:
    """Return the chat as the API shows it."""
    return {
        "id": chat.id,
        "telegram_id": chat.telegram_id,
        "type": chat.type,
        "title": chat.title,
        "state": chat.state,
        "state_reason": chat.state_reason,
        "state_code": chat.state_code,
        "muted_until": to_wire(chat.muted_until),
        "preferences": Preferences.stored(chat.preferences),
        "operator": {"id": chat.operator.id, "name": chat.operator.name},
        "created_at": to_wire(chat.created_at),
    }


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
