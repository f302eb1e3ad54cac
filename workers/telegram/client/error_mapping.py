"""Error mapping: one exception of python-telegram-bot becomes one outcome, most specific first.

Telegram's texts are not a contract and are capitalised by the library, so that they are matched without case.
`BadRequest` and `TimedOut` are kinds of `NetworkError`; broken JSON is a bare `TelegramError`. What happened on
the wire is told by the httpx error that caused it: before a connection stood, nothing was sent. What follows
from an outcome is `complaints/alerts/outcome/apply_outcome.py`'s business, and `apply_edit`'s beside it.
"""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from complaints.alerts.outcome.outcomes import (
    Failed,
    Gone,
    Hold,
    Moved,
    NotSent,
    Outcome,
    PolledElsewhere,
    Sent,
    TokenRefused,
    Unknown,
    Unparsable,
    Unreachable,
)

HOLD_WITHOUT_A_TIME_SECONDS = 3.0
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

NOT_MODIFIED = ("message is not modified",)
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "message thread not found",
    "topic_deleted",
    "topic_closed",
    "user is deactivated",
    "group chat was deactivated",
)
UNPARSABLE = (
    "can't parse entities",
    "can't parse inline keyboard",
    "message is too long",
    "text must be encoded in utf-8",
    "url host is empty",
    "wrong http url",
    "button_url_invalid",
    "button_data_invalid",
    "button_type_invalid",
    "reply_markup_too_long",
)


def outcome_of(error: TelegramError) -> Outcome:
    """Return what became of the request that raised this."""
    match error:
        case RetryAfter():
            return Hold(_seconds(error.retry_after), everybody=False)
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return Unreachable(error.message)
        case BadRequest():
            return _refused(error.message)
        case InvalidToken():
            return TokenRefused("Telegram doesn't accept the bot's token")
        case Conflict():
            return PolledElsewhere(error.message)
        case NetworkError():
            return _lost(error)
        case _:
            return Unknown(error.message)


def _refused(message: str) -> Outcome:
    if _says(message, NOT_MODIFIED):
        return Sent(None)
    if _says(message, GONE):
        return Gone(message)
    if _says(message, UNREACHABLE):
        return Unreachable(message)
    if _says(message, UNPARSABLE):
        return Unparsable(message)
    return Failed(message)


def _lost(error: NetworkError) -> Outcome:
    if isinstance(error.__cause__, NEVER_SENT):
        return NotSent(error.message)
    if _says(error.message, ("too many requests",)):
        return Hold(HOLD_WITHOUT_A_TIME_SECONDS, everybody=True)
    if _says(error.message, ("request entity too large",)):
        return Unparsable(error.message)
    return Unknown(error.message)


def _says(message: str, texts: tuple[str, ...]) -> bool:
    lowered = message.casefold()
    return any(text in lowered for text in texts)


def _seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
