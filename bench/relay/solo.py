"""What only ours is asked for: many sockets beside HTTP, clients that come all at once, peers that don't read."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.relay.crowd import Crowd, Manners
from bench.relay.measures import Ride, open_loop, p99, ride
from bench.relay.others import Bare
from bench.relay.ours import Redress, resuming_after
from bench.relay.system import Server
from tools.environment import free_port

PROBE_SECONDS = 6.0
ROUNDS = 3
PAIRS = 6
PAGE = "/api/v1/auth/me"
COMERS = 3000
SETTLE_SECONDS = 1.0
UNTIL_WELCOMED = Manners(ready=b'"type":"welcome"')


def run(folder: Path) -> None:
    """Print the figures."""
    for number, measure in enumerate((_accepting, _open_loop, _deaf_peers, _many_sockets, _stampede)):
        with Redress(folder / str(number), free_port()) as system:
            print(measure(system), flush=True)


def _accepting(system: Redress) -> str:
    """In turn, all on the same core, so that the ratio is good on a noisy machine."""
    with Bare(system.folder / "bare", free_port()) as bare:
        rounds = []
        for _ in range(ROUNDS):
            strangers = system.requests(COMERS)
            rounds.append(
                (
                    _accepted(system, strangers, UNTIL_WELCOMED),
                    _accepted(system, strangers, UNTIL_WELCOMED),
                    _accepted(system, strangers, system.manners),
                    _accepted(bare, bare.requests(COMERS), bare.manners),
                )
            )
    strange, known, live, alone = (median(figures) for figures in zip(*rounds, strict=True))
    return (
        f"{strange:,.0f} sockets/s authenticated and welcomed (≥ 1,000), {known:,.0f} when they come back,"
        f" {live:,.0f} until live again; {strange / alone:.2f} and {known / alone:.2f} x gunicorn and flask-sock"
        f" alone, which ask nobody ({alone:,.0f})"
    )


def _accepted(server: Server, requests: Sequence[bytes], manners: Manners) -> float:
    crowd = Crowd(server.address, manners)
    began = time.monotonic()
    try:
        crowd.connect(requests)
        return COMERS / (time.monotonic() - began)
    finally:
        crowd.leave()
        time.sleep(SETTLE_SECONDS)


def _open_loop(system: Redress) -> str:
    with ride(system, 1000) as one:
        figure = p99(open_loop(one, 200, 5))
    return f"200 events/s to 1,000 sockets: everything delivered, p99 {figure:.1f} ms (≤ 100)"


def _deaf_peers(system: Redress) -> str:
    """So much is published that the kernel's buffers and the backlog of those who don't read are full.

    Two rides in the same minute differ by a third either way: the ratio is the median of pairs, begun in turn.
    """
    pairs = []
    for place in range(PAIRS):
        order = (0, 2) if place % 2 else (2, 0)
        figures = {deaf: _p99_beside(system, deaf) for deaf in order}
        pairs.append((figures[2], figures[2] / figures[0]))
    beside, ratio = (median(figures) for figures in zip(*pairs, strict=True))
    return (
        f"two of 100 that never read: p99 {beside:.2f} ms, {ratio:.2f} x without them (≤ 1.2), all delivered"
    )


def _p99_beside(system: Redress, deaf: int) -> float:
    with ride(system, 98 + deaf) as one:
        one.crowd.deafen(deaf)
        return p99(open_loop(one, 500, 10))


def _many_sockets(system: Redress) -> str:
    idle, before = _ask_http(system), system.resident_bytes()
    with ride(system, 10_000) as one:
        memory = (system.resident_bytes() - before) / 10_000 / 1024
        with _probe(system) as process:
            open_loop(one, 5, PROBE_SECONDS)
            beside = float(process.communicate()[0])
    return (
        f"10,000 sockets: {memory:.1f} KB each (≤ 6); HTTP p50 with 5 events/s to all {beside * 1000:.2f} ms,"
        f" {beside / idle:.2f} x an idle process (≤ 1.5)"
    )


def _stampede(system: Redress) -> str:
    """As after a restart: the server has seen none of the tokens."""
    comers = system.requests(5000)
    with ride(system, 5000) as one:
        one.publish()
        one.wait_for_all()
        seen = system.newest
    one.publish(100)
    began = time.monotonic()
    crowd = Crowd(system.address, resuming_after(seen, system.epoch), start=seen)
    back = Ride(system, crowd)
    try:
        crowd.connect(comers, at_once=5000)
        back.wait_for_all()
        return (
            f"5,000 clients back at once, 100 behind: all live after {time.monotonic() - began:.1f} s (< 10)"
        )
    finally:
        crowd.leave()


def _ask_http(system: Redress) -> float:
    with _probe(system) as process:
        return float(process.communicate()[0])


def _probe(system: Redress) -> "subprocess.Popen[str]":
    url = f"http://{system.host}{PAGE}"
    command = [sys.executable, "-m", "bench.relay.probe", url, system.new_tokens(1)[0], str(PROBE_SECONDS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
