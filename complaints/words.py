"""The fixed words of the domain: statuses and how they follow each other, severities, roles."""

from datetime import timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where a complaint stands."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class Severity(StrEnum):
    """How bad it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Role(StrEnum):
    """What an operator may do: look, act, run the place."""

    VIEWER = "viewer"
    AGENT = "agent"
    ADMIN = "admin"


OPEN = (Status.REPORTED, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.ON_HOLD)
CLOSED = (Status.RESOLVED, Status.REJECTED, Status.DUPLICATE)

TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.REPORTED: (Status.ACKNOWLEDGED, Status.IN_PROGRESS, *CLOSED),
    Status.ACKNOWLEDGED: (Status.IN_PROGRESS, *CLOSED),
    Status.IN_PROGRESS: (Status.ON_HOLD, *CLOSED),
    Status.ON_HOLD: (Status.IN_PROGRESS, *CLOSED),
    Status.RESOLVED: (Status.IN_PROGRESS,),
    Status.REJECTED: (Status.IN_PROGRESS,),
    Status.DUPLICATE: (Status.IN_PROGRESS,),
}

PRIORITY: dict[Severity, int] = {
    Severity.CRITICAL: 0,
    Severity.HIGH: 1,
    Severity.MEDIUM: 2,
    Severity.LOW: 3,
}

CRITICAL = PRIORITY[Severity.CRITICAL]

ACK_WITHIN: dict[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(minutes=15),
    Severity.HIGH: timedelta(hours=1),
    Severity.MEDIUM: timedelta(hours=8),
    Severity.LOW: timedelta(days=3),
}

DEFAULT_CATEGORY = "general"
CATEGORIES = (
    DEFAULT_CATEGORY,
    "noise",
    "safety",
    "cleanliness",
    "maintenance",
    "service",
    "billing",
    "other",
)


class MailKind(StrEnum):
    """What a mail is about; `complaints/mail/letters.py` says what it reads."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, no password


class MailState(StrEnum):
    """What became of a mail that was owed."""

    PENDING = "pending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class MailReason(StrEnum):
    """Why a mail has not gone out (yet)."""

    NO_ACCOUNT = "no_account"
    UNUSABLE = "unusable"
    REFUSED = "refused"
    POSTPONED = "postponed"
    NO_ANSWER = "no_answer"
    NOT_LET_IN = "not_let_in"
    BROKEN = "broken"


class DrawingState(StrEnum):
    """Whether the small pictures of a picture are there."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Door(StrEnum):
    """By which way somebody came."""

    API = "api"
    TELEGRAM = "telegram"
    COMMAND = "command"


class AuditAction(StrEnum):
    """What was done to a thing."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"
    INVITED = "invited"
    RESET_OFFERED = "reset_offered"
