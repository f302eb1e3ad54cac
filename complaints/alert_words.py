"""The closed words of alerts and chats: kinds, states, outcomes, reasons, and sorts of notice.

The tables' constraints are made of them, so that nothing of ours but words is imported here.
"""

from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    """What code calls a kind; `KINDS` says what each is."""

    NEW = "new"
    ASSIGNMENT = "assignment"
    STATUS = "status"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"
    NOTICE = "notice"
    TEST = "test"


class AlertState(StrEnum):
    """How an alert stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    MERGED = "merged"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    FAILED = "failed"


UNSETTLED = (AlertState.PENDING, AlertState.SENDING)


class ChatState(StrEnum):
    """Whether a chat gets alerts, and why not."""

    ACTIVE = "active"
    MUTED = "muted"
    UNREACHABLE = "unreachable"
    LEFT = "left"


class AttemptOutcome(StrEnum):
    """What became of one try; the last two are edits that are tried again or given up."""

    SENT = "sent"
    HOLD = "hold"
    MOVED = "moved"
    UNREACHABLE = "unreachable"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    UNPARSABLE = "unparsable"
    GONE = "gone"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - an outcome's word
    POLLED_ELSEWHERE = "polled_elsewhere"
    FAILED = "failed"
    EDIT_LOST = "edit_lost"
    EDIT_REFUSED = "edit_refused"


class ReasonCode(StrEnum):
    """Why an alert stands as it does, as far as the code itself decided so; Telegram's own words have none."""

    REROUTED = "rerouted"
    UNREACHABLE = "unreachable"
    CHAT_MUTED = "chat_muted"
    CHAT_STOPPED = "chat_stopped"
    CHAT_UNLINKED = "chat_unlinked"
    CHAT_MOVED = "chat_moved"
    CHAT_INACTIVE = "chat_inactive"
    ACCOUNT_CLOSED = "account_closed"
    OUT_OF_SIGHT = "out_of_sight"
    NO_ADMIN = "no_admin"
    TOO_LATE = "too_late"
    REASSIGNED = "reassigned"
    COMPLAINT_GONE = "complaint_gone"
    DIGEST_EMPTY = "digest_empty"
    NOTHING_MISSED = "nothing_missed"
    ARRIVED = "arrived"
    PRESSED = "pressed"
    SENT_BY_HAND = "sent_by_hand"
    SENT_ANEW = "sent_anew"
    ON_HOLD = "on_hold"
    GROUP_MOVED = "group_moved"


class ChatReason(StrEnum):
    """Why a chat left or can't be reached, as far as the code itself decided so."""

    STOPPED = "stopped"
    UNLINKED = "unlinked"
    MOVED = "moved"
    BLOCKED = "blocked"
    REMOVED = "removed"


class NoticeSort(StrEnum):
    """What a notice is for."""

    REPLY = "reply"
    QUESTION = "question"
    PANEL = "panel"
    MISSED = "missed"
    AWAKE = "awake"
    CHAT_LOST = "chat_lost"
    PICTURE = "picture"
    ALBUM = "album"


REASON_LENGTH = 320


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a sentence for people, which is cut to what a row holds, and the code that code goes by."""

    text: str
    code: ReasonCode | None = None

    @property
    def columns(self) -> dict[str, str | None]:
        """What an alert's row keeps of it."""
        return {"reason": self.text[:REASON_LENGTH], "reason_code": self.code}


NO_REASON: dict[str, str | None] = {"reason": None, "reason_code": None}
