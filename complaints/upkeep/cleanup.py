"""Clean-up: what has had its time and is nobody's history."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from complaints.models import (
    AuditEntry,
    IdempotencyRecord,
    LinkToken,
    Mail,
    OperatorSession,
    PasswordReset,
    TelegramUpdate,
)

IDEMPOTENCY_LIFETIME = timedelta(days=1)
UPDATE_LIFETIME = timedelta(days=7)
LINK_TOKEN_KEEP = timedelta(days=1)
SESSION_KEEP = timedelta(days=30)
MAIL_KEEP = timedelta(days=7)
AUDIT_KEEP = timedelta(days=365)
RESET_KEEP = timedelta(days=7)


def clean_up(session: Session, *, now: datetime) -> None:
    """Delete what is past its time: records of repeats, consumed updates, tokens, sessions, mails, the trail."""
    for query in (
        delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now - IDEMPOTENCY_LIFETIME),
        delete(TelegramUpdate).where(TelegramUpdate.consumed_at < now - UPDATE_LIFETIME),
        delete(LinkToken).where(LinkToken.expires_at < now - LINK_TOKEN_KEEP),
        delete(OperatorSession).where(OperatorSession.expires_at < now - SESSION_KEEP),
        delete(Mail).where(Mail.created_at < now - MAIL_KEEP),
        delete(AuditEntry).where(AuditEntry.at < now - AUDIT_KEEP),
        delete(PasswordReset).where(PasswordReset.expires_at < now - RESET_KEEP),
    ):
        session.execute(query)
