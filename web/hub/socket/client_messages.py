"""What a client may say (DESIGN, "The socket"), parsed strictly.

Hostile input becomes `MessageRefused` and nothing else.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from web.hub.core.credentials import ShownKey
from web.hub.core.hub_errors import MessageRefused

SEQ_MAXIMUM = 2**63 - 1
EPOCH_MAXIMUM = 64


@dataclass(frozen=True, slots=True)
class Authenticate:
    """`auth`: the token or API key to be known by, or a newer one of the same holder."""

    credential: str | ShownKey


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`subscribe`: events after `after` (None: from now) of `epoch`, of one complaint if it is named."""

    after: int | None = None
    epoch: str | None = None
    complaint: str | None = None


@dataclass(frozen=True, slots=True)
class Pong:
    """`pong`: the client lives."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`seen`: the event `seq` is on screen."""

    seq: int


@dataclass(frozen=True, slots=True)
class Viewing:
    """`viewing`: the operator has this complaint open, or none any more."""

    complaint: str | None


ClientMessage = Authenticate | Subscribe | Pong | Seen | Viewing


def parse(text: str) -> ClientMessage:
    """Return what the message says; raises `MessageRefused`."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise MessageRefused("not JSON") from None
    if not isinstance(message, dict):
        raise MessageRefused("not a JSON object")
    kind = message.get("type")
    read = READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise MessageRefused("unknown type; known are " + ", ".join(READERS))
    return read(message)


def _read_authenticate(message: dict[str, Any]) -> Authenticate:
    shown = [message[name] for name in ("token", "key") if message.get(name) is not None]
    if len(shown) != 1 or not isinstance(shown[0], str) or not shown[0].isascii():
        raise MessageRefused("auth: wants a token, or a key")
    return Authenticate(ShownKey(shown[0]) if message.get("token") is None else shown[0])


def _read_subscribe(message: dict[str, Any]) -> Subscribe:
    after, epoch = message.get("after"), message.get("epoch")
    return Subscribe(
        after=None if after is None else _seq(after, "after"),
        epoch=None if epoch is None else _epoch(epoch),
        complaint=_complaint(message.get("complaint"), "complaint"),
    )


def _read_pong(_message: dict[str, Any]) -> Pong:
    return Pong()


def _read_seen(message: dict[str, Any]) -> Seen:
    return Seen(_seq(message.get("seq"), "seq"))


def _read_viewing(message: dict[str, Any]) -> Viewing:
    return Viewing(_complaint(message.get("id"), "id"))


def _seq(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= SEQ_MAXIMUM:
        raise MessageRefused(f"{field}: wants a whole number from 0")
    return value


def _epoch(value: Any) -> str:
    if not isinstance(value, str) or len(value) > EPOCH_MAXIMUM or not value.isascii():
        raise MessageRefused("epoch: wants one that was said")
    return value


def _complaint(value: Any, field: str) -> str | None:
    if value is None:
        return None
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise MessageRefused(f"{field}: wants a complaint's id") from None


READERS: dict[str, Callable[[dict[str, Any]], ClientMessage]] = {
    "auth": _read_authenticate,
    "subscribe": _read_subscribe,
    "pong": _read_pong,
    "seen": _read_seen,
    "viewing": _read_viewing,
}
