"""Ours and the rivals in turn, each time from a fresh start, so that a noisy minute hurts all alike."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.relay.measures import joined, one_at_a_time, open_loop, p99, ride
from bench.relay.others import Manager, Naive, Nchan, PlainManager, Rooms, can_run_nchan
from bench.relay.ours import Redress
from bench.relay.system import System
from tools.environment import free_port

ROUNDS = 3
SIZES = (1000, 5000)
SECONDS = 3.0
BURST = 100
DELIVERIES_PER_SECOND = 20_000
ONE, CPU, JOINED, P99, ACCEPTS, MEMORY = "one", "cpu", "joined", "p99", "accepts", "memory"
LABELS = {
    CPU: "deliveries a second and core (of the server's CPU), one event at a time",
    ONE: "the same by the clock",
    JOINED: f"deliveries/s, {BURST} events at once",
    P99: "p99 ms at 20,000 deliveries/s",
    ACCEPTS: "sockets accepted/s",
    MEMORY: "KB resident a socket",
}
Kind = Callable[[Path, int], System]
Figures = dict[tuple[str, str, int], float]
"""By measure, system and number of sockets."""


def kinds() -> list[type[System]]:
    """Return ours, and every rival that can run here."""
    return [Redress, *((Nchan,) if can_run_nchan() else ()), Manager, PlainManager, Rooms, Naive]


def fight(folder: Path, *, rounds: int = ROUNDS, sizes: Sequence[int] = SIZES) -> Figures:
    """Return the medians."""
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    for sockets in sizes:
        for place in range(rounds):
            for kind in kinds():
                if sockets <= kind.most_sockets:
                    home = folder / f"{kind.name}-{sockets}-{place}"
                    print(f"round {place + 1}/{rounds}: {kind.name}, {sockets} sockets", flush=True)
                    for measure, figure in _measure(kind(home, free_port()), sockets):
                        found[measure, kind.name, sockets].append(figure)
    return {key: median(figures) for key, figures in found.items()}


def _measure(system: System, sockets: int) -> Iterator[tuple[str, float]]:
    with system:
        before = system.resident_bytes()
        with ride(system, sockets) as one:
            yield ACCEPTS, one.accepted_per_second
            yield MEMORY, (system.resident_bytes() - before) / sockets / 1024
            rate = one_at_a_time(one, SECONDS)
            yield ONE, rate.per_second
            yield CPU, rate.per_cpu_second
            if isinstance(system, Redress | Nchan):
                yield JOINED, joined(one, SECONDS, BURST).per_second
            yield P99, p99(open_loop(one, DELIVERIES_PER_SECOND / sockets, SECONDS))
