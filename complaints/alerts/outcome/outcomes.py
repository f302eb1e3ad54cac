"""What can become of one request to Telegram: frozen values, made at the edge, applied in one place.

`word` is how an outcome is called in tables and metrics.

Outcome
├── Sent           Telegram has it
├── Hold           too many requests; nothing was sent and no attempt is used
├── Moved          the group has a new id; send there
├── Unreachable    this chat can't be written to
├── NotSent        nothing reached Telegram: safe to try again
├── Unknown        the request was written, the answer was lost
├── Unparsable     Telegram can't use the markup: once more, plain
├── Gone           the message to edit is no more
├── TokenRefused   the bot's token is not accepted: everything waits
├── PolledElsewhere  another process takes this bot's updates
└── Failed         refused for good
"""

from dataclasses import dataclass
from typing import ClassVar

from complaints.alert_words import AttemptOutcome


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has the message; None where an edit changed nothing."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.SENT
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Too many requests: for `seconds`, `LONGEST_HOLD_SECONDS` at most, the chat alone, or `everybody`."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.HOLD
    seconds: float
    everybody: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup with this id."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.MOVED
    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The bot was blocked or removed, or the chat is no more."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.UNREACHABLE
    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """No connection: nothing was written."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.NOT_SENT
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Written, but not answered, or answered with nonsense."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.UNKNOWN
    reason: str


@dataclass(frozen=True, slots=True)
class Unparsable:
    """Telegram can't parse the markup or the buttons, or the text is too long."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.UNPARSABLE
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The message to edit was deleted."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.GONE
    reason: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Telegram doesn't accept the bot's token."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.TOKEN_REFUSED
    reason: str


@dataclass(frozen=True, slots=True)
class PolledElsewhere:
    """Somebody else takes this bot's updates."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.POLLED_ELSEWHERE
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused, and it would be again; `unlisted` where nobody knows the reason, so that it may be the chat's."""

    word: ClassVar[AttemptOutcome] = AttemptOutcome.FAILED
    reason: str
    unlisted: bool = False


Outcome = (
    Sent
    | Hold
    | Moved
    | Unreachable
    | NotSent
    | Unknown
    | Unparsable
    | Gone
    | TokenRefused
    | PolledElsewhere
    | Failed
)

Refusal = Unreachable | Unparsable | Gone | PolledElsewhere | Failed
"""What Telegram says no to, in its own words."""
