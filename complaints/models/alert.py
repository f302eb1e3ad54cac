"""Alerts: what is owed to which chat, and every try to pay it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.alert_words import AlertKind, AlertState, AttemptOutcome, NoticeSort, ReasonCode
from complaints.models.base import Base, BigInt, Key, Line, Word, one_of
from complaints.models.chat import Chat


def _where(condition: str) -> dict[str, Any]:
    """Return the options of a partial index on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Alert(Base):
    """One message owed to one chat. A lower `priority` is more urgent (critical 0 … low 3).

    `next_attempt_at` is set while the alert is pending, and then alone.
    `held` was kept back by quiet hours and goes with the digest after them. `rerouted_from` is the chat that it
    was first owed to and that could not be reached. `repeats_id` is the alert that may have arrived and that this
    one repeats, `replaces_id` the one whose message was deleted: each has one such at most.

    Of a notice, `notice` says what it is for, `asks_about` the reference of the complaint that a question is about,
    `replies_to_id` the alert to whose message it is a reply, `listing` how many times the missed alerts were listed
    by then, or which ten pictures an album has. `dedupe_key` is opaque: nobody reads it.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("chat_id", "dedupe_key"),
        one_of("kind", AlertKind),
        one_of("state", AlertState),
        one_of("notice", NoticeSort),
        one_of("reason_code", ReasonCode),
        Index("ix_alert_repeats", "repeats_id", unique=True, **_where("repeats_id IS NOT NULL")),
        Index("ix_alert_replaces", "replaces_id", unique=True, **_where("replaces_id IS NOT NULL")),
        Index("ix_alert_due", "next_attempt_at", **_where("next_attempt_at IS NOT NULL")),
        Index("ix_alert_chat_due", "chat_id", "priority", "id", **_where("next_attempt_at IS NOT NULL")),
        Index("ix_alert_sending", "chat_id", **_where("state = 'sending'")),
        Index("ix_alert_edit_due", "edit_due_at", **_where("edit_due_at IS NOT NULL")),
        Index("ix_alert_chat_edit_due", "chat_id", "edit_due_at", **_where("edit_due_at IS NOT NULL")),
        Index("ix_alert_message", "chat_id", "message_id", **_where("message_id IS NOT NULL")),
        Index("ix_alert_digest", "digest_id", **_where("digest_id IS NOT NULL")),
        Index("ix_alert_complaint", "complaint_id"),
        Index("ix_alert_state_created", "state", "created_at", "id"),
    )

    id: Mapped[Key]
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chat.id"))
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint.id"))
    event_seq: Mapped[int | None] = mapped_column(BigInt)
    kind: Mapped[Word]
    dedupe_key: Mapped[str] = mapped_column(String(120))
    priority: Mapped[int]
    state: Mapped[Word]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInt)
    shown_version: Mapped[int | None]
    edit_due_at: Mapped[datetime | None]
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    rerouted_from: Mapped[UUID | None] = mapped_column(ForeignKey("chat.id"))
    digest_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"))
    repeats_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"))
    replies_to_id: Mapped[UUID | None]
    notice: Mapped[Word | None]
    asks_about: Mapped[Word | None]
    listing: Mapped[int | None]
    reason: Mapped[Line | None]
    reason_code: Mapped[Word | None]
    text: Mapped[str | None]
    request_id: Mapped[Line | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    chat: Mapped[Chat] = relationship(lazy="joined", innerjoin=True, foreign_keys=[chat_id])


class AlertAttempt(Base):
    """One try to send an alert, and how it ended; `finished_at` null means that nobody knows yet."""

    __tablename__ = "alert_attempt"
    __table_args__ = (UniqueConstraint("alert_id", "number"), one_of("outcome", AttemptOutcome))

    id: Mapped[Key]
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"))
    number: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Word | None]
    detail: Mapped[Line | None]
