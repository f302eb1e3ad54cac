"""Whether a hub does its work: what a probe is told, and what the process says of itself to the others."""

from collections import Counter
from dataclasses import dataclass
from time import monotonic

from web.hub.core.hub_status import HubStatus
from web.hub.core.measurements import LagHistogram, percentile
from web.hub.stream.reader_state import ReaderState

OK, DEGRADED, DOWN = "ok", "degraded", "down"
STALE_SECONDS = 10.0
SLOW_LAG_MS = 5_000


@dataclass(frozen=True, slots=True)
class HealthVerdict:
    """`status` is ok, degraded (slower than it should be) or down; `detail` says why."""

    status: str
    detail: str


class HealthCheck:
    """Looks at what may be looked at from any thread, and asks nobody."""

    def __init__(self, status: HubStatus, reader: ReaderState, lags: LagHistogram) -> None:
        self._status = status
        self._reader = reader
        self._lags = lags
        self.ticked_at = monotonic()

    def look(self) -> HealthVerdict:
        """Return how it is now."""
        now, lost = monotonic(), self._status.lost
        severe = [f"its {lost} has died"] if lost else [] if self._status.serving else ["not accepting"]
        if now - self.ticked_at > STALE_SECONDS:
            severe.append("its loop is held up")
        faults = severe + self._shortcomings(now)
        return HealthVerdict(DOWN if severe else DEGRADED if faults else OK, "; ".join(faults))

    def _shortcomings(self, now: float) -> list[str]:
        lag = percentile(self._lags.spread().recent, 0.99)
        signs = {
            "the stream can't be read: the table is polled": not self._reader.well,
            "the database has not answered for a while": now - self._reader.fresh_at > STALE_SECONDS,
            "events arrive late": lag is not None and lag > SLOW_LAG_MS,
        }
        return [text for text, holds in signs.items() if holds]


def count_by_status(statuses: list[str]) -> dict[str, int]:
    """Return how many processes are ok, degraded and down."""
    found = Counter(statuses)
    return {status: found[status] for status in (OK, DEGRADED, DOWN)}
