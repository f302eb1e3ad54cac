"""Files that belong to complaints, and what lies in the store and belongs to none."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from complaints.models.base import Base, BigInt, Hash, Key, Line, Word, one_of
from complaints.words import DrawingState

DRAWING_DUE = text("next_drawing_at IS NOT NULL")


class Attachment(Base):
    """A file of a complaint, as it is kept: `bytes` and `sha256` are of what lies in the store under its id.

    Of a picture, `drawing` says whether its thumbnail and preview are there; `next_drawing_at` is set while they
    are owed, and then alone. `uploader_kind`, `uploader_id` and `uploader_name` say who sent it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        one_of("drawing", DrawingState),
        Index("ix_attachment_complaint", "complaint_id", "id"),
        Index(
            "ix_attachment_drawing_due",
            "next_drawing_at",
            sqlite_where=DRAWING_DUE,
            postgresql_where=DRAWING_DUE,
        ),
    )

    id: Mapped[Key]
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"))
    filename: Mapped[Line]
    content_type: Mapped[Word]
    bytes: Mapped[int] = mapped_column(BigInt)
    sha256: Mapped[Hash]
    width: Mapped[int | None]
    height: Mapped[int | None]
    uploader_kind: Mapped[Word]
    uploader_id: Mapped[UUID | None]
    uploader_name: Mapped[Line]
    drawing: Mapped[Word | None]
    drawing_attempts: Mapped[int]
    next_drawing_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    lease_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StrayObject(Base):
    """What lies in the store under this id, or may lie there, and is to be deleted from `due_at` on.

    It is written before a file is put into the store, and taken back where an attachment's row answers for it.
    """

    __tablename__ = "stray_object"
    __table_args__ = (Index("ix_stray_object_due_at", "due_at"),)

    id: Mapped[Key]
    due_at: Mapped[datetime]
