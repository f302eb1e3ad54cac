"""What the Bot API answers when it refuses, worded as Telegram words it.

Exception
├── Refusal       an answer with ``ok: false``; carries code, description and parameters
├── ScriptError   a person or a test asked the sandbox for something that makes no sense
└── StartError    the sandbox can't start; the text is one line for a person
"""

from typing import Any

from pydantic import ValidationError


class Refusal(Exception):
    """An error of the Bot API: HTTP status, description, response parameters."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class ScriptError(Exception):
    """The scripting API was used wrongly; nothing was changed."""


class StartError(Exception):
    """The sandbox can't start for a reason that one line explains."""


def misuse(error: ValidationError) -> ScriptError:
    """Arguments of the wrong name or type, told in one line."""
    return ScriptError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors()))


def bad_request(text: str) -> Refusal:
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    return Refusal(403, f"Forbidden: {text}")


def conflict(text: str) -> Refusal:
    return Refusal(409, f"Conflict: {text}")


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def too_many_requests(retry_after: int | None) -> Refusal:
    """A 429; without a time when ``retry_after`` is None, as Telegram's front servers sometimes answer."""
    if retry_after is None:
        return Refusal(429, "Too Many Requests")
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(new_chat_id: int) -> Refusal:
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new_chat_id},
    )


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_GET_UPDATES = "terminated by other getUpdates request; make sure that only one bot instance is running"
SET_WEBHOOK_CAME = "terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
