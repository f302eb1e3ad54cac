"""When to try again: exponential back-off with full jitter (AWS Architecture Blog, 2015)."""

import random
from datetime import timedelta

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0
MAX_TRIES = 12
MAX_AGE = timedelta(days=1)

_random = random.SystemRandom()


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: uniform between zero and the doubled ceiling."""
    ceiling = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(tries, 30))
    return timedelta(seconds=_random.uniform(0, ceiling))
