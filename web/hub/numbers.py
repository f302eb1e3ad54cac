"""What one process counts: plain integers that its own threads read without a lock."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
SMALLEST_MS = 0.5
GROWTH = 1.25
BUCKETS = 60
BOUNDS_MS = tuple(SMALLEST_MS * GROWTH**step for step in range(BUCKETS))
"""Upper bounds from half a millisecond to more than four minutes; whatever is above falls into one more bucket."""


def percentile(counts: list[int], share: float) -> float | None:
    """Return the upper bound in ms of the bucket where `share` (0–1) of all is reached; None where all are 0."""
    total, below = sum(counts), 0
    if not total:
        return None
    for bound, count in zip(BOUNDS_MS, counts, strict=False):
        below += count
        if below >= share * total:
            return round(bound, 1)
    return round(BOUNDS_MS[-1], 1)


class Lags:
    """How long things took, in ms: all since the start in `counts`, and those of the last minute or two."""

    def __init__(self, now: float) -> None:
        self.counts = [0] * (BUCKETS + 1)
        self.total_ms = 0.0
        self._recent = [0] * (BUCKETS + 1)
        self._before = [0] * (BUCKETS + 1)
        self._turned = now

    def observe(self, ms: float) -> None:
        """Count one; clocks that disagree may make it negative, which counts as nothing."""
        bucket = bisect_left(BOUNDS_MS, ms)
        self.counts[bucket] += 1
        self._recent[bucket] += 1
        self.total_ms += max(ms, 0.0)

    def turn(self, now: float) -> None:
        """Forget what is older than the window."""
        if now - self._turned >= WINDOW_SECONDS:
            self._before, self._recent, self._turned = self._recent, [0] * (BUCKETS + 1), now

    def recent(self) -> list[int]:
        """Return the buckets of the last minute or two; those of several processes may be added up."""
        return [before + recent for before, recent in zip(self._before, self._recent, strict=True)]


@dataclass(slots=True)
class Counters:
    """Totals since the process started."""

    sent: int = 0
    resumes: int = 0
    resyncs: int = 0
    faults: int = 0
    redis_failures: int = 0
    closes: Counter[int] = field(default_factory=Counter)
