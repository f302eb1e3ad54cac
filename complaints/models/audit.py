"""The trail of what admins and others changed about who may what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from complaints.models.base import Base, Key, Line, Word, one_of
from complaints.words import AuditAction, Door


class AuditEntry(Base):
    """One change of one thing; never changed itself. `address` is null where nobody came over a network.

    `changes` has for each field `[before, after]`, or null where only that it changed may be kept. Names are those
    of then.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (one_of("door", Door), one_of("action", AuditAction))

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[Word]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    actor_name: Mapped[Line]
    door: Mapped[Word]
    address: Mapped[Line | None]
    request_id: Mapped[Line | None]
    subject_kind: Mapped[Word]
    subject_id: Mapped[Line] = mapped_column(index=True)
    subject_name: Mapped[Line]
    action: Mapped[Word]
    changes: Mapped[dict[str, Any]]
