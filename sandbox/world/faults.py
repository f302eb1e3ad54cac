"""Faults that a test or the page scripts: what goes wrong, for which calls, how long, how often."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, field
from typing import Any

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sandbox.base.refusals import ScriptError
from sandbox.world.rate_windows import whole_seconds

# Whether a call struck by this kind took effect all the same, unless the script says otherwise.
KINDS: dict[str, bool] = {
    "http_500": False,
    "http_502": False,
    "retry_after": False,
    "broken_json": True,
    "reset_before": False,
    "reset_after": True,
    "hang": False,
    "outage": False,
    "unauthorized": False,
    "conflict": False,
    "not_modified": False,
    "cannot_parse_entities": False,
    "message_too_long": False,
    "chat_not_found": False,
    "refused": False,
    "latency": True,
}


@dataclass(config=ConfigDict(extra="forbid"))
class Fault:
    """One scripted fault.

    It strikes calls of ``methods`` (any when empty) for ``chat_id`` (any when None), ``count`` times or for
    ``seconds`` (without either: until removed), each with ``probability``. ``acted`` tells whether a struck call
    takes effect. ``retry_after`` is the time of a 429 (default: what is left of ``seconds``, else 1); without
    ``told`` the 429 names none. ``text`` is what a ``refused`` call is told. ``how`` is the face of an ``outage``.
    ``latency`` is a range in milliseconds.
    """

    kind: str
    methods: tuple[str, ...] = ()
    chat_id: int | None = None
    count: int | None = None
    seconds: float | None = None
    probability: float = 1.0
    acted: bool | None = None
    retry_after: int | None = None
    told: bool = True
    text: str = "CHAT_RESTRICTED"
    how: str = "http_502"
    latency: tuple[float, float] = (0.0, 0.0)
    id: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)
    until: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for kind in (self.kind, self.how):
            if kind not in KINDS:
                raise ScriptError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
        if self.how in {"outage", "latency"}:
            raise ScriptError(f"an outage can't look like {self.how!r}")
        self.methods = tuple(name.lower() for name in self.methods)
        if self.acted is None:
            self.acted = KINDS[self.face]

    @property
    def face(self) -> str:
        """The kind that the bot sees."""
        return self.how if self.kind == "outage" else self.kind

    def matches(self, method: str, chat_id: int | None) -> bool:
        return (not self.methods or method.lower() in self.methods) and self.chat_id in (None, chat_id)

    def wait_told(self, now: float) -> int | None:
        """The ``retry_after`` of a 429 answered now; None where the 429 shall name none."""
        if not self.told:
            return None
        if self.retry_after is not None:
            return self.retry_after
        return 1 if self.until is None else whole_seconds(self.until - now)

    def as_dict(self, now: float) -> dict[str, Any]:
        left = None if self.until is None else max(0.0, self.until - now)
        until_at = None if left is None else time.time() + left
        return {**asdict(self), "seconds_left": left, "until_at": until_at}


class FaultBook:
    """The faults in force, oldest first. Not thread-safe: called under the world's lock."""

    def __init__(self, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._next = 1

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force; its ``seconds`` run from now."""
        fault.id = self._next
        self._next += 1
        if fault.seconds is not None:
            fault.until = self._clock() + fault.seconds
        self._faults.append(fault)
        return fault

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """The first failing fault that strikes this call, charged with it; latency is asked for apart."""
        return next(self._struck(method, chat_id, latency=False), None)

    def delay(self, method: str, chat_id: int | None) -> float:
        """Seconds that the latency faults in force add to this call's round trip."""
        struck = self._struck(method, chat_id, latency=True)
        return sum(self._random.uniform(*fault.latency) / 1000 for fault in struck)

    def remove(self, fault_id: int) -> None:
        if not any(fault.id == fault_id for fault in self._faults):
            raise ScriptError(f"there is no fault {fault_id} in force")
        self._faults = [fault for fault in self._faults if fault.id != fault_id]

    def clear(self) -> None:
        self._faults = []

    def in_force(self) -> list[Fault]:
        now = self._clock()
        self._faults = [f for f in self._faults if (f.until is None or f.until > now) and f.count != 0]
        return self._faults

    def listed(self) -> list[dict[str, Any]]:
        now = self._clock()
        return [fault.as_dict(now) for fault in self.in_force()]

    def _struck(self, method: str, chat_id: int | None, *, latency: bool) -> Iterator[Fault]:
        for fault in list(self.in_force()):
            if (fault.kind == "latency") is not latency or not fault.matches(method, chat_id):
                continue
            if self._random.random() >= fault.probability:
                continue
            fault.struck += 1
            if fault.count is not None:
                fault.count -= 1
            yield fault
