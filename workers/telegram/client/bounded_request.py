"""What Telegram answers, bounded where it comes in: of an error's parameters only what makes sense is believed."""

import math
from typing import Any, TypeGuard

from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from complaints.telegram.limiter import LONGEST_HOLD_SECONDS

CHAT_ID_BITS = 52  # Bot API: a chat's identifier has at most 52 significant bits


class BoundedRequest(HTTPXRequest):
    """python-telegram-bot's way to ask, without its trust: `retry_after` may be anything, so may the rest."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer with its odd parameters left out; raises `TelegramError` where it is no object."""
        answer: Any = HTTPXRequest.parse_json_payload(payload)
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        description, parameters = answer.get("description"), answer.get("parameters")
        if description is not None:
            answer["description"] = str(description)
        if parameters is not None:
            answer["parameters"] = _bounded(parameters)
        return answer


def _bounded(parameters: Any) -> dict[str, int]:
    if not isinstance(parameters, dict):
        return {}
    wait, chat = _number(parameters.get("retry_after")), parameters.get("migrate_to_chat_id")
    return {
        **({} if wait is None else {"retry_after": math.ceil(min(max(wait, 1), LONGEST_HOLD_SECONDS))}),
        **({"migrate_to_chat_id": chat} if _is_chat(chat) else {}),
    }


def _number(value: Any) -> float | None:
    """A whole number may be too large for a float, and one float is not even itself."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and value == value else None


def _is_chat(value: Any) -> TypeGuard[int]:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and value != 0 and abs(value) < 2**CHAT_ID_BITS
