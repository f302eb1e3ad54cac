"""What one process counts: plain integers that its own threads read without a lock."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
RENARD = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
SMALLEST_MS, LARGEST_MS = 0.5, 250_000.0
BOUNDS_MS = tuple(
    bound
    for decade in range(-1, 6)
    for step in RENARD
    if SMALLEST_MS <= (bound := round(step * 10.0**decade, 6)) <= LARGEST_MS
)
"""Upper bounds, a decade in ten steps (ISO 3, R10), so that 1, 2 and 5 of each decade are among them.

Whatever is above the last falls into one more bucket.
"""
BUCKETS = len(BOUNDS_MS) + 1


def percentile(counts: list[int], share: float) -> float | None:
    """Return the upper bound in ms of the bucket where `share` (0–1) of all is reached; None where all are 0."""
    total, below = sum(counts), 0
    if not total:
        return None
    for bound, count in zip(BOUNDS_MS, counts, strict=False):
        below += count
        if below >= share * total:
            return bound
    return BOUNDS_MS[-1]


@dataclass(frozen=True, slots=True)
class LagBuckets:
    """How long things took in one process, in buckets: lately, and since it started."""

    recent: list[int]
    counts: list[int]
    total_ms: float


class LagHistogram:
    """How long things took, in ms: all since the start, and those of the last minute or two."""

    def __init__(self, now: float) -> None:
        self._counts = [0] * BUCKETS
        self._total_ms = 0.0
        self._recent = [0] * BUCKETS
        self._before = [0] * BUCKETS
        self._turned = now

    def observe(self, ms: float) -> None:
        """Count one; clocks that disagree may make it negative, which counts as nothing."""
        bucket = bisect_left(BOUNDS_MS, ms)
        self._counts[bucket] += 1
        self._recent[bucket] += 1
        self._total_ms += max(ms, 0.0)

    def turn(self, now: float) -> None:
        """Forget what is older than the window."""
        if now - self._turned >= WINDOW_SECONDS:
            self._before, self._recent, self._turned = self._recent, [0] * BUCKETS, now

    def spread(self) -> LagBuckets:
        """Return the buckets as they are; those of several processes may be added up."""
        recent = [before + recent for before, recent in zip(self._before, self._recent, strict=True)]
        return LagBuckets(recent, list(self._counts), self._total_ms)


@dataclass(slots=True)
class HubCounters:
    """Totals since the process started."""

    sent: int = 0
    resumes: int = 0
    resyncs: int = 0
    faults: int = 0
    redis_failures: int = 0
    closes: Counter[int] = field(default_factory=Counter)
