"""The shared circuit: while Telegram doesn't answer, one probe at a time, so that an outage makes a few unknowns.

| key                     | type                                        | lives                  |
| ----------------------- | ------------------------------------------- | ---------------------- |
| `redress:circuit`       | hash: `failures`, `reason`, and in ms since | until a probe succeeds |
|                         | 1970 `since` and `retry_at`                 |                        |
| `redress:circuit:probe` | string, set while somebody probes           | until it ends, or 40 s |
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

CIRCUIT = "redress:circuit"
PROBE = "redress:circuit:probe"
HERE = Path(__file__).parent
ENTER = (HERE / "circuit_enter.lua").read_text()
FAIL = (HERE / "circuit_fail.lua").read_text()

FIRST_MS = 500
LONGEST_MS = 60_000
PROBE_MS = 40_000
LOOK_AGAIN_MS = 250
TOKEN_REFUSED = "token_refused"  # noqa: S105 - a word, not a secret
NO_ANSWER = "no_answer"

log = structlog.get_logger()
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class CircuitEntry:
    """May a request go? `wait` above zero: not now, ask again in that many seconds."""

    wait: float
    probe: bool


@dataclass(frozen=True, slots=True)
class Outage:
    """Why nothing is sent to Telegram, and since when."""

    reason: str
    since: datetime


class Circuit:
    """Asks and tells Redis; raises redis' errors where it is away."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._redis = redis
        self._enter = redis.register_script(ENTER)
        self._fail = redis.register_script(FAIL)

    async def enter(self) -> CircuitEntry:
        """Ask whether a request may go. Who gets `probe` must end it: `succeed`, `fail` or `give_back`."""
        answer = await self._enter(keys=[CIRCUIT, PROBE], args=[PROBE_MS, LOOK_AGAIN_MS, LONGEST_MS])
        return CircuitEntry(wait=max(0, -answer) / 1000, probe=answer == 1)

    async def succeed(self, *, probe: bool) -> None:
        """Record that Telegram answered; a probe closes the circuit."""
        if probe:
            await self._redis.delete(CIRCUIT, PROBE)
            log.info("circuit_closed")

    async def fail(self, reason: str, *, probe: bool, alone: bool = False) -> None:
        """Record that Telegram did not answer, or did not accept the token.

        `alone`: it answered something else right before, so that this may be the fault of the one request.
        """
        jitter = _random.uniform(0.5, 1)
        failures = await self._fail(
            keys=[CIRCUIT, PROBE], args=[int(probe), reason, FIRST_MS, LONGEST_MS, jitter, int(alone)]
        )
        log.warning("circuit_open", reason=reason, failures=failures, probe=probe)

    async def give_back(self) -> None:
        """End a probe that was not made."""
        await self._redis.delete(PROBE)


def current_outage(redis: Redis) -> Outage | None:
    """Return why the circuit is open, for the banner and readiness; None while it is closed."""
    reason, since = redis.hmget(CIRCUIT, "reason", "since")
    if reason is None or since is None:
        return None
    return Outage(
        reason if isinstance(reason, str) else reason.decode(), datetime.fromtimestamp(int(since) / 1000, UTC)
    )
