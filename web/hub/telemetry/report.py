"""What one web process says of itself."""

import json
from dataclasses import asdict, dataclass

from web.hub.core.measurements import LagBuckets


@dataclass(frozen=True, slots=True)
class Report:
    """What one process says of itself; `group` is what it shares with the other workers of its gunicorn.

    `lag` reaches from an event's `occurred_at`, taken at the write and so a little before its commit, to its
    frames' write to the live sockets; `screen_lag` to the client's `seen`. What is replayed counts into neither.
    """

    name: str
    group: str
    pid: int
    host: str
    status: str
    started_at: float
    cpu_seconds: float
    resident_bytes: int
    connections: int
    connections_by_role: dict[str, int]
    unauthenticated: int
    sent: int
    queued_bytes: int
    slow_closes: int
    resumes: int
    resyncs: int
    faults: int
    redis_failures: int
    head: int
    epoch: str
    closes: dict[str, int]
    lag: LagBuckets
    screen_lag: LagBuckets

    def encode(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: bytes) -> "Report":
        """Return what `encode` made of it."""
        fields = json.loads(text)
        spreads = {name: LagBuckets(**fields[name]) for name in ("lag", "screen_lag")}
        return cls(**{**fields, **spreads})
