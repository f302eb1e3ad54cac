"""Telegram's limits as exact sliding windows over arrival times on the sandbox's own clock.

Telegram tolerates short bursts; these windows do not, so whoever stays inside them stays inside Telegram's.
A refused request is not charged. An edit counts like a message. The window of a chat counts for groups too.
"""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from sandbox.base.refusals import ScriptError


@dataclass(frozen=True)
class RateWindow:
    """So many messages in any ``seconds``."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> "RateWindow":
        """Read ``30/1``: messages per seconds."""
        count, _, seconds = text.partition("/")
        try:
            rate = cls(int(count), float(seconds))
        except ValueError:
            raise ScriptError(f"a rate looks like 30/1 (messages/seconds), not {text!r}") from None
        if rate.count < 1 or rate.seconds <= 0:
            raise ScriptError(f"a rate needs at least one message and some time, not {text!r}")
        return rate

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds:g}"


@dataclass
class RateWindows:
    """The three windows. Not thread-safe: called under the world's lock."""

    all: RateWindow = RateWindow(30, 1)
    chat: RateWindow = RateWindow(1, 1)
    group: RateWindow = RateWindow(20, 60)
    on: bool = True
    _arrivals: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque), repr=False)

    def charge(self, chat_id: int, now: float) -> tuple[str, float] | None:
        """Count one message, or return the fullest window's name and the seconds until it has room."""
        if not self.on:
            return None
        windows = {"all": ("all", self.all), "chat": (f"chat {chat_id}", self.chat)}
        if chat_id < 0:
            windows["group"] = (f"group {chat_id}", self.group)
        waits = {name: self._wait(key, rate, now) for name, (key, rate) in windows.items()}
        worst = max(waits, key=lambda name: waits[name])
        if waits[worst] > 0:
            return worst, waits[worst]
        for key, _ in windows.values():
            self._arrivals[key].append(now)
        return None

    def forget(self) -> None:
        self._arrivals.clear()

    def _wait(self, key: str, rate: RateWindow, now: float) -> float:
        arrivals = self._arrivals[key]
        while arrivals and arrivals[0] <= now - rate.seconds:
            arrivals.popleft()
        if len(arrivals) < rate.count:
            return 0.0
        return arrivals[-rate.count] + rate.seconds - now


def whole_seconds(wait: float) -> int:
    """``retry_after`` for a wait: Telegram tells whole seconds, one at least."""
    return max(1, math.ceil(wait))
