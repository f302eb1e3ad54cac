"""The people who sign in, their sessions, and the tokens with which they choose a password."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.models.base import Base, Hash, Key, Line, Word


class Operator(Base):
    """A person who signs in. `sites` null means every site; `password_hash` null means not yet set.

    `preferences` null means those of who never chose any (`complaints/accounts/personal_preferences.py`).
    """

    __tablename__ = "operator"

    id: Mapped[Key]
    email: Mapped[Line] = mapped_column(unique=True)
    name: Mapped[Line]
    role: Mapped[Word]
    sites: Mapped[list[str] | None]
    password_hash: Mapped[Line | None]
    active: Mapped[bool]
    preferences: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class OperatorSession(Base):
    """One sign-in. `refresh_hash` is the only refresh token that is good now."""

    __tablename__ = "session"

    id: Mapped[Key]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"), index=True)
    refresh_hash: Mapped[Hash]
    user_agent: Mapped[Line | None]
    address: Mapped[Line | None]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    operator: Mapped[Operator] = relationship(lazy="joined", innerjoin=True)


class Invitation(Base):
    """A single-use token with which a new operator chooses a password."""

    __tablename__ = "invitation"

    id: Mapped[Key]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PasswordReset(Base):
    """A single-use token with which an operator who lost their password chooses another."""

    __tablename__ = "password_reset"

    id: Mapped[Key]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
