"""Error mapping: one exception of python-telegram-bot becomes one outcome, most specific first.

Telegram's texts are not a contract and are capitalised by the library, so that they are matched without case.
`BadRequest` and `TimedOut` are kinds of `NetworkError`; broken JSON is a bare `TelegramError`. What happened on
the wire is told by the httpx error that caused it: before a connection stood, nothing was sent. What follows
from an outcome is `complaints/alerts/outcome/apply_outcome.py`'s business, and `apply_edit`'s beside it.

What Telegram did not say itself (a page of a proxy, a portal, a firewall) tells nothing of a chat or of the token.

No list of texts is ever whole. A text that names the chat, a right or somebody in it is the chat's fault, whatever
else it says; what names nothing known is `Failed(unlisted=True)`, which counts against the chat.
"""

import re
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
from complaints.telegram.limiter import LONGEST_HOLD_SECONDS

HOLD_WITHOUT_A_TIME_SECONDS = 3.0
SHORTEST_HOLD_SECONDS = 1.0
SLOW_MODE_SECONDS = 30.0  # where the refusal names no time
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

NOT_MODIFIED = ("message is not modified", "message_not_modified")
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
EMPTY = ("message text is empty", "message_empty")
UNPARSABLE = (
    "can't parse",
    "message is too long",
    "message_too_long",
    "text must be encoded in utf-8",
    "url host is empty",
    "wrong http url",
    "button_",
    "reply_markup_",
    "entities_too_long",
    "entity_",
)
SLOW_MODE = re.compile(r"(?:slow[ _]?mode|flood_(?:[a-z]+_)?wait)(?:\D*(\d{1,6}))?", re.IGNORECASE)
RETRY_AFTER = re.compile(r"retry after (\d{1,6})", re.IGNORECASE)
WITHOUT_WORDS = re.compile(r"[A-Za-z' -]+ \([0-9]{3}\)")
"""What the library says where an answer had no description; Telegram's refusals have one."""
OF_THE_CHAT = re.compile(
    r"chat|group|channel|topic|thread|peer|user|member|participant|right|admin|permission|privacy"
    r"|forbidden|restricted|banned|kicked|blocked|deactivated|write|\bbots?\b",
    re.IGNORECASE,
)
"""What a refusal names that is about where a message should go, and not about the message."""


def outcome_of(error: TelegramError) -> Outcome:
    """Return what became of the request that raised this."""
    match error:
        case RetryAfter():
            return _hold(_seconds(error.retry_after))
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden() | BadRequest() | InvalidToken() if not _is_telegrams(error):
            return Unknown(f"something on the way to Telegram answered: {error.message}")
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


def _is_telegrams(error: TelegramError) -> bool:
    unreadable = isinstance(error.__cause__, TelegramError)  # the answer was no JSON
    return not unreadable and WITHOUT_WORDS.fullmatch(error.message) is None


def _refused(message: str) -> Outcome:
    if _says(message, NOT_MODIFIED):
        return Sent(None)
    if _says(message, GONE):
        return Gone(message)
    if _says(message, EMPTY):
        return Failed(message)
    if _says(message, UNPARSABLE):
        return Unparsable(message)
    if slow := SLOW_MODE.search(message):
        return _hold(float(slow[1] or SLOW_MODE_SECONDS))
    return Unreachable(message) if OF_THE_CHAT.search(message) else Failed(message, unlisted=True)


def _lost(error: NetworkError) -> Outcome:
    if isinstance(error.__cause__, NEVER_SENT):
        return NotSent(error.message)
    if _says(error.message, ("too many requests",)):
        if told := RETRY_AFTER.search(error.message):  # where the number beside the words was none
            return _hold(float(told[1]))
        return Hold(HOLD_WITHOUT_A_TIME_SECONDS, everybody=True)
    if slow := SLOW_MODE.search(error.message):
        return _hold(float(slow[1] or SLOW_MODE_SECONDS))
    if _says(error.message, ("request entity too large",)):
        return Unparsable(error.message)
    return Unknown(error.message)


def _says(message: str, texts: tuple[str, ...]) -> bool:
    lowered = message.casefold()
    return any(text in lowered for text in texts)


def _hold(seconds: float) -> Hold:
    return Hold(min(max(seconds, SHORTEST_HOLD_SECONDS), LONGEST_HOLD_SECONDS), everybody=False)


def _seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
