"""Routing one event to 1,000 chats, and what numbering notices of it while many are routed. On both engines.

The baseline of routing is one plain `executemany` of as many alerts, with its commit; that of numbering is
numbering with nothing beside it. Promised: an event to 1,000 chats in under 300 ms, and no delay of numbering.
On SQLite there is one writer at a time, so that a number waits for the routing transaction before it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import insert

from bench.databases import migrated, postgres_url, sqlite_url
from bench.figures import row
from bench.history import found
from complaints.alerts.recipients.alert_subject import AlertSubject, Recipient, alert_row
from complaints.alerts.triggers.routing import route_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.events.sequencer import number_once
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Alert
from complaints.verbs import submit
from complaints.words import Severity

CHATS = 1000
ROUNDS = 20
NUMBERINGS = 60
PAUSE_SECONDS = 0.02
BACKLOG = 40
ENGINES = {"PostgreSQL": postgres_url, "SQLite": sqlite_url}


def main() -> None:
    """Print the figures."""
    for engine, place in ENGINES.items():
        print(f"-- {engine}")
        with place("routing") as url, migrated(url) as database:
            chats, complaints = found(database, CHATS)
            drain(database)
            measure_routing(database, chats, complaints[0])
            measure_numbering(database)


def measure_routing(database: Database, chats: Sequence[UUID], complaint: UUID) -> None:
    """Print what an event costs, in turns with the baseline: the machine's mood is the same for both."""
    baseline, routing = [], []
    for place in range(ROUNDS):
        baseline.append(timed(partial(insert_plainly, database, chats, complaint, place)))
        add_event(database)
        number_once(database)
        routing.append(timed(partial(route_once, database)))
    print(row(f"baseline: {CHATS:,} rows inserted plainly", baseline))
    print(row(f"one event routed to {CHATS:,} chats (< 300)", routing, baseline))


def measure_numbering(database: Database) -> None:
    """Print how long an event waits for its number, idle and beside a routing that never rests."""
    idle = number_often(database)
    drain(database)
    for _ in range(BACKLOG):
        add_event(database)
    number_once(database)
    done = threading.Event()
    router = threading.Thread(target=route_until, args=(database, done))
    router.start()
    busy = number_often(database)
    done.set()
    router.join()
    print(row("baseline: numbering, with nothing beside it", idle))
    print(row(f"numbering while {BACKLOG}+ events go to {CHATS:,} chats", busy, idle))


def number_often(database: Database) -> list[float]:
    """Return how long each of some events, one after the other, waited for its number."""
    waits = []
    for _ in range(NUMBERINGS):
        add_event(database)
        waits.append(timed(partial(number_once, database)))
        time.sleep(PAUSE_SECONDS)
    return waits


def route_until(database: Database, done: threading.Event) -> None:
    """Route, over and over, until it is done: what is routed while others are numbered never ends."""
    while not done.is_set():
        route_once(database)


def drain(database: Database) -> None:
    """Number and route whatever waits."""
    while number_once(database) or route_once(database):
        pass


def add_event(database: Database) -> None:
    """Submit a complaint."""
    with database.write() as session:
        submit(session, NewComplaint(description="The lift is stuck"), actor=ANONYMOUS, now=utcnow())


def insert_plainly(database: Database, chats: Sequence[UUID], complaint: UUID, place: int) -> None:
    """Insert one alert a chat, and nothing else."""
    subject, now = AlertSubject(complaint, Severity.MEDIUM, "general", None, None), utcnow()
    rows = [alert_row(subject, Recipient(chat), "new", f"plain:{place}", now) for chat in chats]
    with database.write() as session:
        session.connection().execute(insert(Alert).inline(), rows)


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that the call took."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
