"""Events, and the one row that orders them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from complaints.ids import new_id
from complaints.models.base import Base, BigInt, Line, Word


class Event(Base):
    """One fact about one complaint: timeline, feed and what wake-ups are about at once. Append-only.

    `n` is taken while the complaint's row is locked, so that one complaint's events have rising `n`; `seq` is
    the place in the one total order and is null until the sequencer has numbered the event.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "ix_event_unnumbered",
            "n",
            sqlite_where=text("seq IS NULL"),
            postgresql_where=text("seq IS NULL"),
        ),
        Index(
            "ix_event_routing_failed",
            "n",
            sqlite_where=text("routing_error IS NOT NULL"),
            postgresql_where=text("routing_error IS NOT NULL"),
        ),
        Index("ix_event_complaint_n", "complaint_id", "n"),
        {"sqlite_autoincrement": True},
    )

    n: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    seq: Mapped[int | None] = mapped_column(BigInt, unique=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"))
    type: Mapped[Word]
    actor_kind: Mapped[Word]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[Line]
    data: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    request_id: Mapped[Line | None]
    occurred_at: Mapped[datetime]
    routing_error: Mapped[str | None]


class StreamMeta(Base):
    """The one row (id 1) under whose lock events are numbered."""

    __tablename__ = "stream_meta"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[Word]
    top: Mapped[int] = mapped_column(BigInt)
    routed_seq: Mapped[int] = mapped_column(BigInt)
