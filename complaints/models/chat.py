"""Telegram chats, the tokens that link them, and the updates that came in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.alert_words import ChatReason, ChatState
from complaints.models.base import Base, BigInt, Hash, Json, Key, Line, Word, one_of
from complaints.models.operator import Operator


class Chat(Base):
    """A chat that was linked to receive alerts. `thread_id` 0 means the chat itself, not a topic in it.

    A muted chat wakes up at `muted_until`, or never by itself where that is null. Who holds `lease_token` until
    `lease_expires_at` is the only one who may send to it. Telegram takes nothing for it before `held_until`;
    `refusals` counts those in a row whose reason nobody knows.
    """

    __tablename__ = "chat"
    __table_args__ = (
        UniqueConstraint("telegram_id", "thread_id"),
        one_of("state", ChatState),
        one_of("state_code", ChatReason),
    )

    id: Mapped[Key]
    telegram_id: Mapped[int] = mapped_column(BigInt)
    thread_id: Mapped[int] = mapped_column(BigInt)
    type: Mapped[Word]
    title: Mapped[Line]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"), index=True)
    state: Mapped[Word]
    state_reason: Mapped[Line | None]
    state_code: Mapped[Word | None]
    muted_until: Mapped[datetime | None] = mapped_column(index=True)
    preferences: Mapped[dict[str, Any]]
    lease_token: Mapped[UUID | None]
    lease_expires_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    refusals: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    operator: Mapped[Operator] = relationship(lazy="joined", innerjoin=True)


class LinkToken(Base):
    """A single-use token that links one chat to an operator; stored hashed, good for ten minutes."""

    __tablename__ = "link_token"

    id: Mapped[Key]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class TelegramUpdate(Base):
    """One update, stored before Telegram is told that we have it; consumed once."""

    __tablename__ = "telegram_update"

    update_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    received_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str | None]
