"""Mail: a letter that is owed to an address, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from complaints.models.base import Base, Key, Line, Word, one_of
from complaints.words import MailKind, MailReason, MailState

DUE = text("next_attempt_at IS NOT NULL")


class Mail(Base):
    """One letter owed to one address. `next_attempt_at` is set while it is pending, and then alone.

    `address` and `about`, what its letter needs to know beside, are forgotten once it is settled. `reason` and
    `code` (of SMTP) are those of the last attempt.
    """

    __tablename__ = "mail"
    __table_args__ = (
        one_of("kind", MailKind),
        one_of("state", MailState),
        one_of("reason", MailReason),
        Index("ix_mail_due", "next_attempt_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_mail_created_at", "created_at"),
    )

    id: Mapped[Key]
    kind: Mapped[Word]
    address: Mapped[Line | None]
    about: Mapped[dict[str, Any] | None]
    state: Mapped[Word]
    reason: Mapped[Word | None]
    code: Mapped[int | None]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    lease_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
