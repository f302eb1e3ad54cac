"""Who is there: operators' names by their ids. A person with several sockets is one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from web.hub.socket.frames import message_frame

ONLINE_SHOWN = 20
VIEWERS_SHOWN = 100

Operators = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PresenceState:
    """Who is online, and who views which complaint: in one process, or in several together."""

    online: Operators
    viewing: Mapping[str, Operators]

    def encode(self) -> bytes:
        """Return it as JSON; equal states are equal bytes."""
        shape = {"online": self.online, "viewing": self.viewing}
        return json.dumps(shape, sort_keys=True, separators=(",", ":")).encode()


NOBODY = PresenceState({}, {})


def decode_presence(encoded: bytes) -> PresenceState:
    """Return what was encoded; raises ValueError where that makes no sense."""
    try:
        data = json.loads(encoded)
        return PresenceState(
            {str(one): str(name) for one, name in data["online"].items()},
            {
                str(complaint): {str(one): str(name) for one, name in operators.items()}
                for complaint, operators in data["viewing"].items()
            },
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not people: {error!r}") from None


def merge_presence(several: Iterable[PresenceState]) -> PresenceState:
    """Return them as one."""
    online: dict[str, str] = {}
    viewing: dict[str, dict[str, str]] = {}
    for presence_state in several:
        online.update(presence_state.online)
        for complaint, operators in presence_state.viewing.items():
            viewing.setdefault(complaint, {}).update(operators)
    return PresenceState(online, viewing)


def online_frame(operators: Operators) -> bytes:
    """Return the message that says how many are online, and who the first of them are."""
    shown = _shown(operators, ONLINE_SHOWN)
    return message_frame({"type": "presence", "online": {"count": len(operators), "operators": shown}})


def viewers_frame(complaint: str, operators: Operators) -> bytes:
    """Return the message that says who views the complaint."""
    shown = _shown(operators, VIEWERS_SHOWN)
    return message_frame({"type": "presence", "complaint": complaint, "operators": shown})


def _shown(operators: Operators, most: int) -> list[dict[str, Any]]:
    first = nsmallest(most, ((name, one) for one, name in operators.items()))
    return [{"id": one, "name": name} for name, one in first]
