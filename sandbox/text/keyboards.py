"""Inline keyboards, checked as Telegram checks them."""

import re
from typing import Any

from sandbox.base.refusals import bad_request

MAX_CALLBACK_DATA = 64
MAX_BUTTONS = 100

_URL = re.compile(r"(https?|tg)://[^\s/]")
_OTHER_ACTIONS = {"web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"}
_OTHER_ACTIONS |= {"switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay"}


def read_keyboard(markup: Any) -> dict[str, Any] | None:
    """The inline keyboard of a reply_markup, or None where there is none to show under a message."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: field "text" must be non-empty')
    if "callback_data" in button:
        _check_data(str(button["callback_data"]))
    elif "url" in button:
        _check_url(str(button["url"]))
    elif not _OTHER_ACTIONS & button.keys():
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    return button


def _check_data(data: str) -> None:
    if not 1 <= len(data.encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    if not _URL.match(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
