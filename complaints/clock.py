"""One clock. Every instant in the product is an aware datetime in UTC."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utcnow() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; raises ValueError without a zone, OverflowError out of the calendar."""
    if moment.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return moment.astimezone(UTC)


def to_wire(moment: datetime | None) -> str | None:
    """Return the instant as RFC 3339 with microseconds and a `Z`, or None for none."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class SharedClock:
    """A clock that several hosts go by, asked now and then and kept in between. Safe to share among threads."""

    def __init__(self, ask: Callable[[], datetime], *, keep_seconds: float) -> None:
        self._ask = ask
        self._keep_seconds = keep_seconds
        self._lock = threading.Lock()
        self._told: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Return its present instant; raises what asking raises. This host's own clock may say anything."""
        with self._lock:
            if self._told is None or time.monotonic() - self._told[1] >= self._keep_seconds:
                self._told = self._ask(), time.monotonic()
            told, at = self._told
        return told + timedelta(seconds=time.monotonic() - at)
