"""A soak under fire: Telegram fails in every way, is away for a minute, and alerts workers are killed all the time.

The baseline is the same flow of complaints in a calm before. Nothing may be lost, and only what §5 of the design
allows may come twice: a critical alert whose answer was lost, and it says so.
"""

import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bench.databases import postgres_url
from bench.figures import row
from complaints.db import Database
from complaints.models import AlertAttempt
from tools.audit import Audit, audit, count_unsettled
from tools.crowd import crowd
from tools.siege import failing, killing
from tools.stack import Stack, eventually

SECONDS = 180.0
CALM_SECONDS = 15.0
OUTAGE_SECONDS = 60.0
PEOPLE, GROUPS = 6, 1
PAUSE_SECONDS = 1.5
KILL_SECONDS = (3.0, 5.0)
WORKERS = ("alerts", "alerts2")
SEVERITIES = ("critical", "high", "medium", "low")
DRAIN_SECONDS = 900.0


def main(seconds: float = SECONDS) -> None:
    """Print the figures."""
    with ExitStack() as block:
        url = block.enter_context(postgres_url("faults"))
        folder = Path(block.enter_context(tempfile.TemporaryDirectory()))
        stack = block.enter_context(Stack(folder, database_url=url, telegram="--latency 20-80"))
        stack.start("alerts", alias="alerts2")
        client, phone = block.enter_context(closing(stack.sign_in())), block.enter_context(stack.phone())
        database = Database(url)
        block.callback(database.close)
        chats = block.enter_context(crowd(database, phone, people=PEOPLE, groups=GROUPS))
        calm = submit_for(client, CALM_SECONDS)
        drain(database)
        killed, submitted = under_fire(stack, client, phone, seconds)
        drained = drain(database)
        report(audit(database, phone, chats), chats, calm, submitted)
        print(f"attempts by outcome: {dict(outcomes(database))}")
        print(f"workers killed: {killed}; all settled {drained:.0f} s after the last of it")


def under_fire(
    stack: Stack, client: httpx.Client, phone: httpx.Client, seconds: float
) -> tuple[int, dict[str, float]]:
    """Submit while everything goes wrong; return how many workers were killed, and what was answered when."""
    with failing(phone), killing(stack, "alerts", WORKERS, KILL_SECONDS) as killed:
        calls = submit_for(client, seconds / 3)
        outage = {"kind": "outage", "seconds": min(OUTAGE_SECONDS, seconds / 3)}
        phone.post("/faults", json=outage).raise_for_status()
        calls |= submit_for(client, seconds * 2 / 3)
    return len(killed), calls


def submit_for(client: httpx.Client, seconds: float) -> dict[str, float]:
    """Submit a complaint every now and then; return when each reference was answered 201."""
    answered, until = {}, time.monotonic() + seconds
    for severity in itertools.cycle(SEVERITIES):
        if time.monotonic() > until:
            break
        answer = client.post("/complaints", json={"description": "under fire", "severity": severity})
        answered[answer.raise_for_status().json()["reference"]] = time.time()
        time.sleep(PAUSE_SECONDS)
    return answered


def drain(database: Database) -> float:
    """Wait until nothing waits to be sent; return how long that took."""
    began = time.monotonic()

    def is_empty() -> bool:
        time.sleep(0.5)
        return count_unsettled(database) == 0

    eventually(is_empty, seconds=DRAIN_SECONDS, what="an empty queue")
    return time.monotonic() - began


def report(books: Audit, chats: Sequence[int], calm: dict[str, float], submitted: dict[str, float]) -> None:
    """Print what became of everything."""
    lost, unowed, wrong = books.lost(), books.unowed(chats, [*calm, *submitted]), books.wrong_repeats()
    print(
        f"alerts: {sum(books.states.values())}, {dict(books.states)}; digests that arrived: {books.digests}"
    )
    print(f"not accounted for (0): {len(lost) + len(unowed)}")
    print(f"came twice: {books.repeats()}; wrongly (0): {len(wrong)}")
    for line in (*lost, *unowed, *wrong):
        print(f"  {line}")
    print(f"requests that exceeded a window (0): {sum(bool(call['violation']) for call in books.calls)}")
    baseline = delays(books, calm)
    print(row("baseline: 201 to the message at Telegram in a calm", baseline))
    print(row("201 to the message at Telegram under fire", delays(books, submitted), baseline))


def delays(books: Audit, answered: dict[str, float]) -> list[float]:
    """Return the seconds from the answer 201 to the arrival of each message about one complaint alone."""
    found = []
    for calls in books.singles.values():
        reference = next((name for name in answered if name in calls[0]["payload"]["text"]), None)
        if reference is not None:
            found.append(calls[0]["arrived_at"] - answered[reference])
    return found


def outcomes(database: Database) -> Counter[str]:
    """Return how many attempts ended in which way."""
    query = select(AlertAttempt.outcome, func.count()).group_by(AlertAttempt.outcome)
    with database.read() as session:
        return Counter({outcome or "none": count for outcome, count in session.execute(query)})


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
