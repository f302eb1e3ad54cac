"""Programs that call the API, their keys, and what makes their retries harmless."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.models.base import Base, Hash, Key, Line, Word


class ApiClient(Base):
    """A program that calls the API."""

    __tablename__ = "api_client"

    id: Mapped[Key]
    name: Mapped[Line] = mapped_column(unique=True)
    active: Mapped[bool]
    created_at: Mapped[datetime]


class ApiKey(Base):
    """One key of a client: a public prefix to find it by, and the hash of the whole.

    `sites` null means every site; `rate` is how many requests in how many seconds (`60/60`), null without a limit
    of its own; `replaced_by` is the key that took its place.
    """

    __tablename__ = "api_key"

    id: Mapped[Key]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id"), index=True)
    prefix: Mapped[Word] = mapped_column(unique=True)
    key_hash: Mapped[Hash]
    scopes: Mapped[list[str]]
    sites: Mapped[list[str] | None]
    rate: Mapped[Word | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("api_key.id"))
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    client: Mapped[ApiClient] = relationship(lazy="joined", innerjoin=True)


class IdempotencyRecord(Base):
    """What was answered to a key within a scope; commits with what was created.

    It stands for a complaint or comment, or has the answer itself, sealed, and the fingerprint in it.
    """

    __tablename__ = "idempotency_record"

    scope: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[Hash]
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint.id"))
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id"))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
