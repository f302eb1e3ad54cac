"""What is measured, each for one system that runs and a crowd that is connected to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.figures import percentile
from bench.relay.crowd import Crowd
from bench.relay.system import System

PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Ride:
    """A crowd at a system, and the events that were published to it."""

    system: System
    crowd: Crowd
    sent_at: dict[int, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    accepted_per_second: float = 0.0

    def publish(self, count: int = 1) -> None:
        """Publish so many events at once."""
        numbers = range(self.system.newest + 1, self.system.newest + count + 1)
        self.sent_at.update(dict.fromkeys(numbers, time.monotonic()))
        self.system.newest = numbers[-1]
        self.system.publish(numbers)

    def note(self, first: int, last: int) -> None:
        """Note how long these events took to one client."""
        now = time.monotonic()
        self.delays.extend(now - self.sent_at[number] for number in range(first, last + 1))

    def wait_for_all(self) -> None:
        """Return once everybody who reads has the newest event."""
        until = time.monotonic() + PATIENCE_SECONDS
        lacking = sum(self.system.newest - member.heard for member in self.crowd.hearing)
        goal = self.crowd.deliveries + lacking
        while self.crowd.deliveries < goal:
            self.crowd.pump(0.2)
            if time.monotonic() > until:
                raise SystemExit(f"{self.system.name}: {goal - self.crowd.deliveries} deliveries are missing")


@dataclass(frozen=True, slots=True)
class Rate:
    """Deliveries by the clock and by the server's CPU."""

    per_second: float
    per_cpu_second: float


@contextmanager
def ride(system: System, sockets: int) -> Iterator[Ride]:
    """Connect a crowd for the block."""
    crowd = Crowd(system.address, system.manners, start=system.newest)
    try:
        requests, began = system.requests(sockets), time.monotonic()
        crowd.connect(requests)
        yield Ride(system, crowd, accepted_per_second=sockets / (time.monotonic() - began))
    finally:
        crowd.leave()


def one_at_a_time(one: Ride, seconds: float) -> Rate:
    """Publish the next event once everybody has the one before."""
    return _rate(one, seconds, 1)


def joined(one: Ride, seconds: float, burst: int) -> Rate:
    """Publish many at once, and again once everybody has them."""
    return _rate(one, seconds, burst)


def open_loop(one: Ride, events_per_second: float, seconds: float) -> list[float]:
    """Publish by the clock, whatever is still on its way; return every delivery's seconds."""
    one.delays.clear()
    one.crowd.on_events = one.note
    began = time.monotonic()
    for place in range(int(events_per_second * seconds)):
        due = began + place / events_per_second
        while (wait := due - time.monotonic()) > 0:
            one.crowd.pump(wait)
        one.publish()
    one.wait_for_all()
    one.crowd.on_events = lambda _first, _last: None
    return one.delays


def p99(delays: list[float]) -> float:
    """Return the 99th percentile in milliseconds."""
    return percentile(delays, 0.99) * 1000


def _rate(one: Ride, seconds: float, burst: int) -> Rate:
    one.publish()
    one.wait_for_all()
    before, used, began = one.crowd.deliveries, one.system.seconds_of_cpu(), time.monotonic()
    while time.monotonic() - began < seconds:
        one.publish(burst)
        one.wait_for_all()
    passed = time.monotonic() - began
    used = one.system.seconds_of_cpu() - used
    deliveries = one.crowd.deliveries - before
    return Rate(deliveries / passed, deliveries / used)
