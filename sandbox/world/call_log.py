"""The log of everything the bot sent, in order of arrival, with the times of the server's own clock."""

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 100_000


@dataclass
class Call:
    """One request of the bot.

    ``arrived`` and ``answered`` are monotonic seconds, ``arrived_at`` is Unix time. ``outcome`` is ``pending``,
    ``ok``, ``refused`` or ``fault:KIND``; ``violation`` names the window that overflowed; ``acted`` tells
    whether the request took effect, also where its answer was lost; ``message_id`` is the message it made.
    """

    n: int
    method: str
    chat_id: int | None
    payload: dict[str, Any]
    arrived: float
    arrived_at: float
    answered: float | None = None
    outcome: str = "pending"
    status: int | None = None
    description: str | None = None
    violation: str | None = None
    acted: bool = False
    message_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def brief(self) -> dict[str, Any]:
        """What the page lists."""
        shown = ("method", "arrived_at", "outcome", "status", "description", "violation")
        return {name: getattr(self, name) for name in shown}


@dataclass
class CallLog:
    """Thread-safe; ``changed`` wakes whoever waits for a call to come or to be answered."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    _calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    _next: int = 1

    def open(self, method: str, chat_id: int | None, payload: dict[str, Any]) -> Call:
        """Note an arrival now; the order of ``n`` is the order of ``arrived``."""
        with self.changed:
            call = Call(self._next, method, chat_id, payload, time.monotonic(), time.time())
            self._next += 1
            self._calls.append(call)
            self.changed.notify_all()
            return call

    def close(self, call: Call, outcome: str, status: int | None = None) -> None:
        with self.changed:
            call.answered = time.monotonic()
            call.outcome = outcome
            call.status = status
            self.changed.notify_all()

    def select(
        self,
        methods: Iterable[str] = (),
        chat_id: int | None = None,
        after: int = 0,
        violations: bool = False,
    ) -> list[Call]:
        """Calls in order of arrival that match everything given."""
        wanted = {name.lower() for name in methods}
        with self.changed:
            return [
                call
                for call in self._calls
                if call.n > after
                and (not wanted or call.method.lower() in wanted)
                and (chat_id is None or call.chat_id == chat_id)
                and (not violations or call.violation)
            ]

    def clear(self) -> None:
        with self.changed:
            self._calls.clear()
            self.changed.notify_all()
