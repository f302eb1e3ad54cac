"""The parameters of one Bot API call, whether they came as JSON, as a form or in the query string."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Request

from sandbox.base.refusals import bad_request


@dataclass(frozen=True)
class Params:
    """Named values; the getters convert and raise Telegram's Refusal where a value is of no use."""

    values: dict[str, Any]

    def text(self, name: str) -> str:
        """The value as text, empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f'parameter "{name}" must be a number') from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1"}

    def structure(self, name: str) -> Any:
        """A nested value: what JSON brought, or the JSON that a form field holds; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def chat_id(self) -> int:
        """The chat's number; names such as @channel belong to no chat of the sandbox."""
        value = self.text("chat_id")
        if not value:
            raise bad_request("chat_id is empty")
        try:
            return int(value)
        except ValueError:
            raise bad_request("chat not found") from None


def read_params(request: Request) -> Params:
    """Collect the parameters of ``request``; a later source wins: query, form, JSON."""
    values: dict[str, Any] = {**request.args.to_dict(), **request.form.to_dict()}
    if request.is_json and request.get_data():
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        values |= body
    return Params(values)
