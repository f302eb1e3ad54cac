"""Finding, sorting and counting in 1,000,000 complaints against 1,000, on both engines.

Promised: the median of each within three times that of 1,000, and within 50 ms. `REDRESS_BENCH_ROWS` says how many:
to fill a million takes some twenty minutes an engine.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.api.full_tables import COMMON, NONE, RARE, SHORT_COMMON, SHORT_RARE, SITES, SOME, fill
from bench.databases import migrated, postgres_url, sqlite_url
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import ApiClient, Complaint, Operator
from complaints.queries.complaint_counts import count_complaints
from complaints.queries.complaint_filters import UNASSIGNED, Filters
from complaints.queries.complaint_list import Sort, list_complaints
from complaints.queries.complaint_stats import read_stats
from complaints.queries.nearness import Near
from complaints.queries.similar_complaints import find_similar
from complaints.words import CATEGORIES, OPEN, Severity, Status

FEW = 1000
MANY = int(os.environ.get("REDRESS_BENCH_ROWS", "1000000"))
ROUNDS = 9
PAGE = 50
ENGINES = {"PostgreSQL": postgres_url, "SQLite": sqlite_url}
Look = Callable[[Session], object]


def main() -> None:
    """Print the figures."""
    for engine, place in ENGINES.items():
        with place("few") as few, place("many") as many, migrated(few) as small, migrated(many) as large:
            for database, total in ((small, FEW), (large, MANY)):
                fill(database, total)
            compare(engine, small, large)


def compare(engine: str, small: Database, large: Database) -> None:
    """Print the median of each look in both, and what breaks the promise."""
    print(f"-- {engine}: ms of {FEW:,} and of {MANY:,}, and how many times as long")
    broken = []
    for (name, few), (_, many) in zip(looks(small), looks(large), strict=True):
        short, long = measured(small, few), measured(large, many)
        print(f"{name:<44}{short:9.1f}{long:9.1f}{long / short:9.1f} x")
        if long > 50 or long > 3 * short:
            broken.append(name)
    print(f"beyond 3 x or 50 ms (0): {len(broken)} {', '.join(broken)}")


def measured(database: Database, look: Look) -> float:
    """Return the median in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        with database.read() as session:
            began = time.perf_counter()
            look(session)
            taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def looks(database: Database) -> Iterator[tuple[str, Look]]:
    """Yield what a program and a page ask for, by name."""
    with database.read() as session:
        operator = session.scalars(select(Operator.id).limit(1)).one()
        client = session.scalars(select(ApiClient.id).limit(1)).one()
        complaint = session.scalars(select(Complaint).where(Complaint.status.in_(OPEN)).limit(1)).one()
    now = utcnow()
    filters = filters_of(now, operator, client, complaint)
    for name, wanted in filters.items():
        yield f"list, {name}", partial(_list, wanted, "-created_at", now)
    for sort in get_args(Sort):
        yield f"sort by {sort}", partial(_list, Filters(), sort, now)
        yield f"sort open ones by {sort}", partial(_list, Filters(status=tuple(OPEN)), sort, now)
        yield f"sort some by {sort}", partial(_list, Filters(text=SOME), sort, now)
    for name, wanted in filters.items():
        yield f"count, {name}", partial(count_complaints, filters=wanted, me=operator, now=now)
    for days in (7, 90):
        yield f"stats of {days} days", partial(read_stats, sight=Filters(), days=days, now=now)
    yield (
        "stats of a limited operator",
        partial(read_stats, sight=Filters(sites=frozenset(SITES[:2])), days=30, now=now),
    )
    yield "similar", partial(find_similar, complaint=complaint, now=now, sites=None)


def filters_of(now: datetime, operator: Any, client: Any, complaint: Complaint) -> dict[str, Filters]:
    """Return filters by name."""
    return {
        "all": Filters(),
        "open": Filters(status=tuple(OPEN)),
        "one status": Filters(status=(Status.ON_HOLD,)),
        "critical": Filters(severity=(Severity.CRITICAL,)),
        "open and critical": Filters(status=tuple(OPEN), severity=(Severity.CRITICAL,)),
        "a category": Filters(category=(CATEGORIES[0],)),
        "a site": Filters(site=(SITES[0],)),
        "two sites of a limited operator": Filters(sites=frozenset(SITES[:2])),
        "a source": Filters(source=("Client 1",)),
        "own of a client": Filters(submitted_by=client),
        "a reference": Filters(reference=(complaint.reference,)),
        "an external id": Filters(external_id=(complaint.external_id or "",)),
        "assigned to one": Filters(assignee=operator),
        "open and mine": Filters(status=tuple(OPEN), assignee=operator),
        "unassigned": Filters(status=tuple(OPEN), assignee=UNASSIGNED),
        "overdue": Filters(overdue=True),
        "not overdue": Filters(overdue=False),
        "due within a day": Filters(due_before=now + timedelta(days=1)),
        "created this week": Filters(created_after=now - timedelta(days=7)),
        "updated this week": Filters(updated_after=now - timedelta(days=7)),
        "near": Filters(near=Near(52.5, 13.4, 300)),
        "q in all": Filters(text=COMMON),
        "q in some": Filters(text=SOME),
        "q in one": Filters(text=RARE),
        "q in none": Filters(text=NONE),
        "q of two words": Filters(text=f"{COMMON} {SOME}"),
        "q of two letters, in all": Filters(text=SHORT_COMMON),
        "q of two letters, in one": Filters(text=SHORT_RARE),
        "q and open": Filters(text=SOME, status=tuple(OPEN)),
        "a site and a category": Filters(site=(SITES[0],), category=(CATEGORIES[0],)),
    }


def _list(filters: Filters, sort: Sort, now: datetime, session: Session) -> object:
    return list_complaints(session, filters, sort=sort, cursor=None, limit=PAGE, now=now)
