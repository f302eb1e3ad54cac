"""What the page is told live: a bounded list of changes that every open tab follows from where it stands."""

import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 2000

Change = dict[str, Any]


@dataclass
class ChangeLog:
    """Thread-safe. A cursor is ``BOOT:N``; one of another boot, or too old, must read the state anew."""

    boot: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _changes: deque[tuple[int, Change]] = field(default_factory=lambda: deque(maxlen=KEPT))
    _last: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    closed: bool = False

    @property
    def cursor(self) -> str:
        return f"{self.boot}:{self._last}"

    def publish(self, change: Change) -> None:
        with self._changed:
            self._last += 1
            self._changes.append((self._last, change))
            self._changed.notify_all()

    def after(self, cursor: str, timeout: float) -> tuple[str, list[Change]] | None:
        """New cursor and the changes since ``cursor``, waiting up to ``timeout`` for one; None: read anew."""
        boot, _, number = cursor.partition(":")
        if boot != self.boot or not number.isdigit() or int(number) > self._last:
            return None
        seen = int(number)
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self._last > seen, timeout)
            if self._changes and self._changes[0][0] > seen + 1:
                return None
            return self.cursor, [change for n, change in self._changes if n > seen]

    def close(self) -> None:
        """Let every follower go."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
