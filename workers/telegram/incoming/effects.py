"""What an update leads to beyond the database, to be done after the commit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """The words that a press is answered with; `alert` shows them in a box."""

    query_id: str
    text: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Words (HTML) to a chat that is not linked: they are not owed, and lost if Telegram is away."""

    telegram_id: int
    text: str
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class Effects:
    """All of it; `error` is recorded with the update. `owes_message`: a message or an edit is due now."""

    answer: CallbackAnswer | None = None
    say: Say | None = None
    wrote_event: bool = False
    owes_message: bool = False
    error: str | None = None
