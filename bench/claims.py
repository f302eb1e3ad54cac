"""What a claim costs as the table of alerts grows: 1,000 to 1,000,000 rows, on both engines.

The baseline is the smallest table. History must cost nothing: only what is owed now, and to how many chats.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, update

from bench.databases import migrated, postgres_url, sqlite_url
from bench.figures import row
from bench.history import COMPLAINTS, analyze, found, owe, send
from complaints.alerts.queue.leases import claim_chats, is_anything_due
from complaints.alerts.queue.prepare import take_jobs
from complaints.clock import utcnow
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import Alert, Chat
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CHATS, EACH = 40, 5
MANY_CHATS, FEW = 5_000, 5
MANY_PENDING = 100_000
ROUNDS = 40
AT_ONCE = 8
PACE = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))
ENGINES = {"PostgreSQL": postgres_url, "SQLite": sqlite_url}
Costs = dict[str, list[float]]


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Print the figures."""
    for engine, place in ENGINES.items():
        print(f"-- {engine}: the cost of one call, with {CHATS * EACH} alerts owed to {CHATS} chats")
        with place("claims") as url, migrated(url) as database:
            baseline = measure_history(database, sizes)
        with place("pending") as url, migrated(url) as database:
            measure_pending(database, baseline)
        with place("chats") as url, migrated(url) as database:
            measure_chats(database, baseline)


def measure_history(database: Database, sizes: tuple[int, ...]) -> Costs:
    """Print the costs beside a growing history; return those beside the smallest."""
    chats, complaints = found(database, CHATS)
    owe(database, chats, complaints, EACH)
    last = 0
    baseline: Costs = {}
    for size in sizes:
        send(database, last + 1, size, pairs=CHATS * COMPLAINTS)
        last = size
        costs = measure(database)
        baseline = baseline or costs
        show(f"beside {size:,} that were sent", costs, baseline)
    return baseline


def measure_pending(database: Database, baseline: Costs) -> None:
    """Print the costs where very much is owed to few chats."""
    chats, complaints = found(database, CHATS)
    owe(database, chats, complaints, MANY_PENDING // CHATS)
    merging = [merge(database) for _ in range(CHATS // AT_ONCE)]
    print(row(f"take_jobs that merges {MANY_PENDING * AT_ONCE // CHATS:,} into digests", merging))
    free(database)
    analyze(database)
    show(f"{MANY_PENDING:,} merged in {CHATS} chats", measure(database), baseline)


def merge(database: Database) -> float:
    """Claim the next chats, whose queues are far too long; return the seconds."""
    began = time.perf_counter()
    take_jobs(database, limit=AT_ONCE, pace=PACE, now=utcnow())
    return time.perf_counter() - began


def measure_chats(database: Database, baseline: Costs) -> None:
    """Print the costs where very many chats wait for later, and few are due."""
    chats, complaints = found(database, MANY_CHATS)
    owe(database, chats, complaints, 1, due_in=3600)
    analyze(database)
    show(f"{MANY_CHATS:,} chats wait, none is due", measure(database), baseline)
    owe(database, chats[:FEW], complaints, 1)
    show(f"{MANY_CHATS:,} chats wait, {FEW} are due", measure(database), baseline)
    with database.write() as session:
        session.execute(delete(Alert).where(Alert.chat_id.not_in(chats[:FEW])))
    analyze(database)
    show(f"{MANY_CHATS:,} chats, {FEW} are due", measure(database), baseline)


def measure(database: Database) -> Costs:
    """Return the seconds that each call took, over and over from the same state."""
    return {
        "is_anything_due": repeat(database, lambda: ask(database)),
        "claim_chats": repeat(database, lambda: claim(database)),
        "take_jobs": repeat(database, lambda: take_jobs(database, limit=AT_ONCE, pace=PACE, now=utcnow())),
    }


def repeat(database: Database, call: Callable[[], object]) -> list[float]:
    """Return the seconds of each call; what it claimed is given back in between."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
        free(database)
    return seconds


def ask(database: Database) -> bool:
    with database.read() as session:
        return is_anything_due(session, by=utcnow() + timedelta(seconds=1))


def claim(database: Database) -> None:
    with database.write() as session:
        claim_chats(session, new_id(), limit=AT_ONCE, now=utcnow())


def free(database: Database) -> None:
    with database.write() as session:
        leased = update(Chat).where(Chat.lease_token.is_not(None))
        session.execute(leased.values(lease_token=None, lease_expires_at=None))


def show(case: str, costs: Costs, baseline: Costs) -> None:
    for call, seconds in costs.items():
        print(row(f"{case}: {call}", seconds, baseline[call]))


if __name__ == "__main__":
    main()
