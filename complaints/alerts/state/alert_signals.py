"""Signals of alerts: where a complaint is open on a screen, it is seen at once what becomes of its alerts.

| channel | says |
| --- | --- |
| `redress:alerts` | JSON `[[complaint, alert, state], …]`: alerts that are in another state now |

Best effort, from a thread of its own: a Redis that hangs delays no delivery; what it does not take is forgotten.
"""

import json
import threading
from collections import deque

import structlog
from redis import Redis, RedisError
from sqlalchemy.orm import Session

from complaints.alerts.state.alert_state import Change, take_noted

log = structlog.get_logger()

ALERTS_CHANNEL = "redress:alerts"
WAITING_MAXIMUM = 5000
PUBLISHED_AT_ONCE = 500


def encode_changes(changes: list[Change]) -> str:
    """Return what is said on the channel."""
    return json.dumps(changes)


def decode_changes(text: str) -> list[Change]:
    """Return what was said on the channel; raises ValueError where it makes no sense."""
    try:
        return [(str(complaint), str(alert), str(state)) for complaint, alert, state in json.loads(text)]
    except (TypeError, ValueError) as error:
        raise ValueError(f"not changes of alerts: {error}") from None


class AlertSignals:
    """Tells of changed alerts after commits; those that wait together go in one message."""

    def __init__(self, redis: Redis) -> None:
        self.failures = 0
        self._redis = redis
        self._waiting: deque[Change] = deque(maxlen=WAITING_MAXIMUM)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._failing = False

    def tell(self, session: Session) -> None:
        """Tell what was noted in a session that has just committed. Never waits and never raises."""
        changes = take_noted(session)
        if not changes:
            return
        with self._lock:
            self._waiting.extend(changes)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alert-signals", daemon=True)
                self._thread.start()
        self._wake.set()

    def close(self, timeout: float = 2.0) -> None:
        """Tell what waits, for at most `timeout` seconds, and end the thread."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            while changes := self._take():
                self._publish(changes)

    def _take(self) -> list[Change]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), PUBLISHED_AT_ONCE))]

    def _publish(self, changes: list[Change]) -> None:
        try:
            self._redis.publish(ALERTS_CHANNEL, encode_changes(changes))
        except Exception as error:  # noqa: BLE001 - logged; a fault of ours costs what waits, not the thread
            self._note_failure(error)
        else:
            self._failing = False

    def _note_failure(self, error: Exception) -> None:
        """Log the first failure of a row; what waits meanwhile would come too late."""
        if not self._failing:
            log.warning("alert_signals_lost", error=str(error), exc_info=not isinstance(error, RedisError))
        self._failing = True
        with self._lock:
            self._waiting.clear()
        self.failures += 1
