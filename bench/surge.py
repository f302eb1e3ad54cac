"""A surge: 10,000 alerts to 40 people and 5 groups, through two alerts workers, with Telegram's limits on.

The baseline is a critical complaint to the same chats while nothing else goes on, and for the rate what is safe at
all: 30 / (1 + round trip) a second, see decision 0006.
"""

import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from bench.databases import postgres_url
from bench.figures import row
from complaints.alerts.queue.leases import count_busy
from complaints.clock import utcnow
from complaints.db import Database
from tools.audit import Audit, Call, audit, count_unsettled
from tools.criticals import Critical, delays, late, submit_critical
from tools.crowd import crowd
from tools.stack import Stack, eventually

LATENCY = "50-400"
MEAN_ROUND_TRIP = 0.225
PERMITTED = 30
PEOPLE, GROUPS = 40, 5
MANY = 30
COMPLAINTS = 219
SEVERITIES = ("high", "medium", "medium", "low")
PROBES = 4
PROBE_SECONDS = 4.0
SUBMITTERS = 4
LOOK_SECONDS = 0.25


@dataclass
class Watch:
    """How many chats had something to send, from one look to the next."""

    database: Database
    looks: list[tuple[float, int]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.done.wait(LOOK_SECONDS):
            with self.database.read() as session:
                self.looks.append((time.time(), count_busy(session, now=utcnow())))

    def spans(self, chats: int) -> list[tuple[float, float]]:
        """Return the spans of time in which at least so many chats had something to send."""
        pairs = zip(self.looks, self.looks[1:], strict=False)
        return [(since, until) for (since, few), (until, more) in pairs if min(few, more) >= chats]


def main(complaints: int = COMPLAINTS) -> None:
    """Print the figures."""
    with ExitStack() as block:
        url = block.enter_context(postgres_url("surge"))
        folder = Path(block.enter_context(tempfile.TemporaryDirectory()))
        stack = block.enter_context(Stack(folder, database_url=url, telegram=f"--latency {LATENCY}"))
        stack.start("alerts", alias="alerts2")
        client, phone = block.enter_context(closing(stack.sign_in())), block.enter_context(stack.phone())
        database = Database(url)
        block.callback(database.close)
        chats = block.enter_context(crowd(database, phone, people=PEOPLE, groups=GROUPS))
        calm = submit_critical(client)
        settled_at(database)
        watch = Watch(database)
        thread = threading.Thread(target=watch.run)
        thread.start()
        began = time.time()
        probes = surge(client, complaints)
        ended = settled_at(database)
        watch.done.set()
        thread.join()
        report(audit(database, phone, chats), calm, probes, watch, ended - began)


def surge(client: httpx.Client, complaints: int) -> list[Critical]:
    """Submit them all as fast as web takes them, and critical ones in between; return these."""
    with ThreadPoolExecutor(SUBMITTERS + 1) as pool:
        probing = pool.submit(probe, client)
        for answer in pool.map(partial(submit, client), range(complaints)):
            answer.raise_for_status()
        return probing.result()


def probe(client: httpx.Client) -> list[Critical]:
    """Submit a critical complaint every few seconds."""
    found = []
    for _ in range(PROBES):
        time.sleep(PROBE_SECONDS)
        found.append(submit_critical(client))
    return found


def submit(client: httpx.Client, place: int) -> httpx.Response:
    severity = SEVERITIES[place % len(SEVERITIES)]
    return client.post("/complaints", json={"description": f"surge {place}", "severity": severity})


def settled_at(database: Database) -> float:
    """Wait until nothing waits to be sent; return when that was."""

    def look() -> float:
        time.sleep(LOOK_SECONDS)
        return 0.0 if count_unsettled(database) else time.time()

    return eventually(look, seconds=600, what="an empty queue")


def report(books: Audit, calm: Critical, probes: Sequence[Critical], watch: Watch, seconds: float) -> None:
    """Print what became of everything."""
    refused = [call for call in books.calls if call["violation"]]
    arrived, span = rate(books.messages, watch.spans(MANY))
    safe = PERMITTED / (1 + MEAN_ROUND_TRIP)
    print(
        f"alerts: {sum(books.states.values())}, {dict(books.states)}; digests that arrived: {books.digests}"
    )
    print(
        f"not accounted for (0): {len(books.lost())}; repeats without a reason (0): {len(books.wrong_repeats())}"
    )
    print(f"requests that exceeded a window (0): {len(refused)} of {len(books.calls)}")
    print(
        f"with {MANY} chats or more waiting: {arrived:.1f}/s over {span:.1f} s, {arrived / PERMITTED:.0%} of the"
        f" permitted rate (≥ 90 %), {arrived / safe:.0%} of the safe one ({safe:.1f}/s)"
    )
    print(f"queue empty after (< 180 s): {seconds:.1f} s")
    baseline = delays(books, [calm])
    print(row("baseline: a critical complaint in a calm", baseline))
    print(row("critical ones in the surge (≤ 5,000)", delays(books, probes), baseline))
    print(f"later than 5 s and the chat's window allow (0): {len(late(books, probes))}")


def rate(messages: Sequence[Call], spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return messages a second that arrived within the spans, and how long these are in all."""
    length = sum(until - since for since, until in spans)
    within = sum(any(since <= call["arrived_at"] < until for since, until in spans) for call in messages)
    return (within / length if length else 0.0), length


if __name__ == "__main__":
    main()
