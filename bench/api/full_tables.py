"""As many complaints as one wants, quickly: what a year brings, with words that are in all, some or one of them.

They come evenly within a year. Of the last tenth half are open, of those before one in forty.
"""

import random
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from bench.history import analyze
from complaints.clock import utcnow
from complaints.db import Database
from complaints.ids import new_id
from complaints.models import ApiClient, Complaint, ComplaintSearch, Operator
from complaints.tallies.adding_up import add_up_once
from complaints.texts.search_text import search_text
from complaints.words import ACK_WITHIN, CATEGORIES, CLOSED, OPEN, Severity, Status

BATCH = 5000
YEAR = timedelta(days=365)
SITES = [f"Site {number}" for number in range(40)]
OPERATORS, CLIENTS = 20, 3
COMMON, SOME, RARE, NONE = "noise", "lantern", "xylophone", "zeppelin"
SHORT_COMMON, SHORT_RARE = "no", "qx"
"""In every complaint; in one of a hundred; in one; in none. Shorter than three letters, in all and in one."""
SYLLABLES = [first + second for first in "bdgkmnrstz" for second in "aeo"]
WORDS = [first + second + third for first in SYLLABLES for second in SYLLABLES for third in ("n", "rd", "st")]
BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def fill(database: Database, total: int) -> None:
    """Fill an empty database; the same every time, but for when it was."""
    chance, now = random.Random(total), utcnow()
    operators, clients = _people(database, now)
    texts = [_text(chance) for _ in range(1000)]
    rows = (_complaint(chance, place, total, now, operators, clients, texts) for place in range(total))
    while batch := list(islice(rows, BATCH)):
        with database.write() as session:
            session.execute(insert(Complaint), [complaint for complaint, _ in batch])
            words = [{"complaint_id": complaint["id"], "text": text} for complaint, text in batch]
            session.execute(insert(ComplaintSearch), words)
        while add_up_once(database):
            pass
    analyze(database)


def _people(database: Database, now: datetime) -> tuple[list[Any], list[Any]]:
    operators = [new_id() for _ in range(OPERATORS)]
    clients = [new_id() for _ in range(CLIENTS)]
    person = {"name": "Ada", "role": "agent", "active": True, "created_at": now, "updated_at": now}
    with database.write() as session:
        session.execute(
            insert(Operator),
            [{"id": one, "email": f"{one}@example.org", **person} for one in operators],
        )
        session.execute(
            insert(ApiClient),
            [{"id": one, "name": f"Client {one}", "active": True, "created_at": now} for one in clients],
        )
    return operators, clients


def _text(chance: random.Random) -> str:
    return " ".join([COMMON, *chance.choices(WORDS, k=25)])


def _complaint(
    chance: random.Random,
    place: int,
    total: int,
    now: datetime,
    operators: list[Any],
    clients: list[Any],
    texts: list[str],
) -> tuple[dict[str, Any], str]:
    created = now - YEAR * (1 - place / total)
    severity = chance.choices(tuple(Severity), (40, 40, 15, 5))[0]
    is_open = chance.random() < (0.5 if place > total * 0.9 else 0.025)
    status = chance.choice(OPEN) if is_open else chance.choices(CLOSED, (85, 10, 5))[0]
    acknowledged = (
        None if status is Status.REPORTED else created + timedelta(seconds=chance.expovariate(1 / 7200))
    )
    resolved = (
        created + timedelta(seconds=chance.expovariate(1 / 300_000)) if status is Status.RESOLVED else None
    )
    said = {SOME: place % 100 == 7, RARE: place == total // 2, SHORT_RARE: place == total // 3}
    words = " ".join([texts[place % len(texts)], *(word for word, is_said in said.items() if is_said)])
    number = place * 2654435761 % 2**32
    reference = "RD-0" + "".join(BASE_32[number >> shift & 31] for shift in range(30, -1, -5))
    complaint: dict[str, Any] = {
        "id": new_id(),
        "reference": reference,
        "subject": words[:60],
        "description": words,
        "category": chance.choice(CATEGORIES),
        "severity": severity,
        "site": chance.choice(SITES),
        "location": f"Platform {place % 20}",
        "latitude": chance.uniform(52.3, 52.7),
        "longitude": chance.uniform(13.1, 13.7),
        "reporter": {"name": f"Reporter {place}", "email": f"reporter{place}@example.org", "phone": None},
        "source": None if place % 4 else "Client 1",
        "api_client_id": None if place % 4 else clients[place % CLIENTS],
        "external_id": f"T-{place}",
        "extra": {},
        "status": status,
        "assignee_id": chance.choice(operators)
        if status is not Status.REPORTED and chance.random() < 0.8
        else None,
        "version": 1,
        "reminded": 0,
        "ack_due_at": created + ACK_WITHIN[severity],
        "resolve_due_at": created + timedelta(days=10) if place % 20 == 0 else None,
        "acknowledged_at": acknowledged,
        "resolved_at": resolved,
        "created_at": created,
        "updated_at": min(now, resolved or acknowledged or created),
    }
    return complaint, search_text(
        reference,
        [
            complaint["subject"],
            words,
            complaint["site"],
            complaint["location"],
            complaint["external_id"],
            f"Reporter {place}",
            f"reporter{place}@example.org",
        ],
    )
