"""The windows of one process, for as long as Redis is away."""

import math
import threading
import time
from collections.abc import Sequence

from web.limits.windows import Taken, Window, WindowState

OWN_WINDOWS_MAXIMUM = 10_000


class OwnWindows:
    """Counts in this process's memory; of very many windows the oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, dict[str, float]] = {}

    def take(self, name: str, windows: Sequence[Window]) -> Taken:
        """Take a place in all windows, or in none where one is full."""
        now = time.monotonic()
        with self._lock:
            tries = [self._tries(window, now) for window in windows]
            both = list(zip(windows, tries, strict=True))
            wait = max(_until_free(window, of, now) for window, of in both)
            if wait <= 0:
                for of in tries:
                    of[name] = now
            return Taken(name, [_standing(window, of, now) for window, of in both], max(0, math.ceil(wait)))

    def give_back(self, taken: Taken) -> None:
        """Let the try not count."""
        with self._lock:
            for window in taken.windows:
                self._windows.get(window.name, {}).pop(taken.id, None)

    def _tries(self, window: Window, now: float) -> dict[str, float]:
        known = self._windows.pop(window.name, {})
        kept = {name: at for name, at in known.items() if at > now - window.rate.seconds}
        self._windows[window.name] = kept
        while len(self._windows) > OWN_WINDOWS_MAXIMUM:
            del self._windows[next(iter(self._windows))]
        return kept


def _until_free(window: Window, tries: dict[str, float], now: float) -> float:
    """Return after how many seconds there is room for one more; 0 where there is now."""
    rate, at = window.rate, list(tries.values())
    return 0.0 if len(at) < rate.count else at[-rate.count] + rate.seconds - now


def _standing(window: Window, tries: dict[str, float], now: float) -> WindowState:
    rate, at = window.rate, list(tries.values())
    until = at[max(0, len(at) - rate.count)] + rate.seconds - now if at else 0.0
    return WindowState(window, max(0, rate.count - len(at)), math.ceil(until))
