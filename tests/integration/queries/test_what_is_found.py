"""What lists and counts find by indexes and sums is what a look at each complaint finds, in the same order."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.api.finding import filters_of
from bench.api.full_tables import fill
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import ApiClient, Complaint, Operator
from complaints.queries.complaint_counts import count_complaints
from complaints.queries.complaint_filters import Filters, all_conditions, with_known_sites
from complaints.queries.complaint_list import Sort, list_complaints
from complaints.queries.pages import page_walk
from complaints.words import OPEN, PRIORITY, Severity

ROWS, PAGE = 150, 40
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture
def filled(database: Database) -> Database:
    """Complaints of a year; some that nobody added up yet."""
    fill(database, ROWS)
    with database.write() as session:
        some = select(Complaint.id).order_by(Complaint.id.desc()).limit(12)
        session.execute(update(Complaint).where(Complaint.id.in_(some)).values(status="acknowledged"))
    return database


def filters(session: Session) -> dict[str, Filters]:
    operator = session.scalars(select(Operator.id)).first()
    client = session.scalars(select(ApiClient.id)).first()
    complaint = session.scalars(select(Complaint).where(Complaint.status.in_(OPEN))).first()
    assert complaint is not None
    return filters_of(utcnow(), operator, client, complaint)


def looked_at(session: Session, wanted: Filters, now: datetime) -> list[Complaint]:
    known = with_known_sites(session, wanted)
    return list(session.scalars(select(Complaint).where(*all_conditions(session, known, now))))


def test_counts(filled: Database) -> None:
    now = utcnow()
    with filled.read() as session:
        everything = filters(session)
        me = session.scalars(select(Operator.id)).first()
    for name, wanted in everything.items():
        with filled.read() as session:
            counted = count_complaints(session, wanted, me=me, now=now)
            rows = looked_at(session, wanted, now)
            overdue = {row.id for row in looked_at(session, Filters(overdue=True), now)}
        opens = [row for row in rows if row.status in OPEN]
        assert counted.total == len(rows), name
        assert counted.open == len(opens), name
        assert counted.overdue == sum(row.id in overdue for row in rows), name
        assert counted.unacknowledged == sum(row.acknowledged_at is None for row in opens), name
        assert counted.unassigned == sum(row.assignee_id is None for row in opens), name
        assert counted.mine == sum(row.assignee_id == me for row in opens), name
        assert {**counted.by_status, **Counter(row.status for row in rows)} == counted.by_status, name
        assert {**counted.by_severity, **Counter(row.severity for row in rows)} == counted.by_severity, name


def key_of(row: Complaint, sort: str) -> tuple[Any, ...]:
    own = {
        "created_at": (row.created_at,),
        "updated_at": (row.updated_at,),
        "ack_due_at": (row.ack_due_at or NEVER,),
        "resolve_due_at": (row.resolve_due_at or NEVER,),
        "severity": (-PRIORITY[Severity(row.severity)], row.created_at),
    }
    return (*own[sort], row.id)


def pages(session: Session, wanted: Filters, sort: Sort, now: datetime) -> Iterator[Complaint]:
    cursor = None
    while True:
        page = list_complaints(session, wanted, sort=sort, cursor=cursor, limit=PAGE, now=now)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


@pytest.mark.parametrize("steps", [(500, 5000), (5, 20)], ids=["walked", "found"])
def test_lists(filled: Database, monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...]) -> None:
    monkeypatch.setattr(page_walk, "STEPS", steps)
    now = utcnow()
    with filled.read() as session:
        for place, (name, wanted) in enumerate(filters(session).items()):
            sort: Sort = get_args(Sort)[place % len(get_args(Sort))]
            for sorted_by in {sort, "-created_at"}:
                expected = sorted(
                    looked_at(session, wanted, now),
                    key=lambda row, by=sorted_by: key_of(row, by.lstrip("-")),
                    reverse=sorted_by.startswith("-"),
                )
                found = list(pages(session, wanted, sorted_by, now))
                assert [row.id for row in found] == [row.id for row in expected], (name, sorted_by)
