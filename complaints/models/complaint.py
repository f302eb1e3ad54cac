"""Complaints, what people write under them, and the words to sort them by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.models.base import Base, Key, Line, Word
from complaints.models.operator import Operator
from complaints.texts.folding import fold_name


class Complaint(Base):
    """What somebody submitted. Changed only by the verbs, which raise `version` by one each time.

    `remind_at` is when the next reminder or escalation is due (null: none), `reminded` how many there were.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_created", "created_at", "id"),
        Index("ix_complaint_updated", "updated_at", "id"),
        Index("ix_complaint_status_created", "status", "created_at", "id"),
        Index("ix_complaint_site", "site"),
        Index("ix_complaint_external_id", "external_id"),
        Index("ix_complaint_position", "latitude", "longitude"),
        Index(
            "ix_complaint_client_created",
            "api_client_id",
            "created_at",
            "id",
            sqlite_where=text("api_client_id IS NOT NULL"),
            postgresql_where=text("api_client_id IS NOT NULL"),
        ),
        Index(
            "ix_complaint_remind",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    subject: Mapped[Line | None]
    description: Mapped[str]
    category: Mapped[Word]
    severity: Mapped[Word]
    site: Mapped[Line | None]
    location: Mapped[Line | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    reporter: Mapped[dict[str, Any] | None]
    source: Mapped[Line | None]
    api_client_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_client.id"))
    external_id: Mapped[Line | None]
    extra: Mapped[dict[str, Any]]
    status: Mapped[Word]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("operator.id"), index=True)
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("complaint.id"))
    attachment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int]
    ack_due_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    resolve_due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    assignee: Mapped[Operator | None] = relationship(lazy="joined", innerjoin=False)

    @property
    def position(self) -> dict[str, float] | None:
        """Where it is, WGS 84: `{lat, lon}` in degrees."""
        if self.latitude is None or self.longitude is None:
            return None
        return {"lat": self.latitude, "lon": self.longitude}

    @position.setter
    def position(self, value: dict[str, float] | None) -> None:
        self.latitude, self.longitude = (None, None) if value is None else (value["lat"], value["lon"])


class ComplaintSearch(Base):
    """What a complaint is found by: its texts, folded, beside the complaint, where a search reads little else.

    One that an older process took in, or corrected, has none until the sweep has made it.
    """

    __tablename__ = "complaint_search"

    complaint_id: Mapped[UUID] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str]


class Comment(Base):
    """A remark under a complaint; `internal` ones never leave the operators."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_complaint_created", "complaint_id", "created_at", "id"),)

    id: Mapped[Key]
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"))
    author_kind: Mapped[Word]
    author_id: Mapped[UUID | None]
    author_name: Mapped[Line]
    text: Mapped[str]
    visibility: Mapped[Word]
    created_at: Mapped[datetime]


class Category(Base):
    """What a complaint is about; the name is the key.

    `ack_minutes` maps severities to the minutes within which somebody must acknowledge; a severity that is not
    in it has the usual time. After that come `reminders`, then `escalations`, `repeat_minutes` apart (null: as
    long as the time to acknowledge).
    """

    __tablename__ = "category"

    name: Mapped[Word] = mapped_column(primary_key=True)
    ack_minutes: Mapped[dict[str, int]] = mapped_column(default=dict, server_default="{}")
    reminders: Mapped[int] = mapped_column(default=2, server_default="2")
    escalations: Mapped[int] = mapped_column(default=1, server_default="1")
    repeat_minutes: Mapped[int | None]
    created_at: Mapped[datetime]


def _fold_name(context: Any) -> str:
    return fold_name(context.get_current_parameters()["name"])


class Site(Base):
    """A place of the organisation; once one is defined, complaints must name a defined one.

    No two names fold alike. `folded` is null for one that did when it was looked at first: it is known as spelt.
    """

    __tablename__ = "site"

    name: Mapped[Line] = mapped_column(primary_key=True)
    folded: Mapped[str | None] = mapped_column(unique=True, default=_fold_name)
    created_at: Mapped[datetime]
