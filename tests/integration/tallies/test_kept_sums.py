"""Tallies are what a look at each complaint finds, whoever changes it, and whenever entries are added up."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, make_url, select, text, update

from bench.api.full_tables import fill
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Complaint, ComplaintSearch, Tally, TallyEntry
from complaints.queries.finding import find_locked
from complaints.tallies.adding_up import BATCH, add_up_once, add_up_until_done, count_anew, is_counted
from complaints.tallies.reading import read_standing
from complaints.verbs import change_status, submit
from complaints.words import Severity, Status

WRITERS, EACH = 3, 8


def tallied(database: Database, subject: str = "all", value: str = "") -> int:
    with database.read() as session:
        rows = read_standing(session, subject, lambda column: column == value)
    return sum(row.amount for row in rows)


def left(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(TallyEntry)).one()


def test_whoever_changes_complaints_changes_the_sums(database: Database) -> None:
    # Given
    fill(database, 60)
    assert count_anew(database) == 0
    # When a process of the old release, or somebody by hand, writes without the verbs
    with database.write() as session:
        ids = list(session.scalars(select(Complaint.id).order_by(Complaint.id)))
        session.execute(update(Complaint).where(Complaint.id.in_(ids[:9])).values(status="on_hold", site="X"))
        session.execute(
            update(Complaint).where(Complaint.id.in_(ids[9:20])).values(assignee_id=None, category="noise")
        )
        session.execute(
            update(Complaint)
            .where(Complaint.id.in_(ids[20:30]))
            .values(acknowledged_at=utcnow(), resolved_at=utcnow() + timedelta(hours=1), source="y")
        )
        session.execute(update(Complaint).where(Complaint.id.in_(ids[30:40])).values(resolve_due_at=None))
        session.execute(delete(ComplaintSearch).where(ComplaintSearch.complaint_id.in_(ids[50:])))
        session.execute(delete(Complaint).where(Complaint.id.in_(ids[50:])))
    # Then the sums are right at once, and when they are added up
    for _ in range(2):
        assert (tallied(database), tallied(database, "site", "X")) == (50, 9)
        assert tallied(database, "source", "y") == 10
        add_up_until_done(database)
    assert left(database) == 0
    assert count_anew(database) == 0


def test_what_is_rolled_back_was_never_counted(database: Database) -> None:
    fill(database, 5)
    with database.write() as session:
        session.execute(update(Complaint).values(site="X"))
        session.rollback()
    assert tallied(database, "site", "X") == 0
    assert count_anew(database) == 0


def test_writers_and_adders_do_not_disturb_each_other(database: Database) -> None:
    # Given
    stopped = threading.Event()

    def write(writer: int) -> None:
        for number in range(EACH):
            form = NewComplaint(
                description=f"{writer}/{number}", site=f"Site {number % 2}", severity=Severity.HIGH
            )
            with database.write() as session:
                complaint = submit(session, form, actor=ANONYMOUS, now=utcnow())
            with database.write() as session:
                change_status(
                    session,
                    find_locked(session, complaint.reference, sites=None),
                    status=Status.RESOLVED,
                    actor=ANONYMOUS,
                    now=utcnow(),
                )

    def add_up() -> None:
        while not stopped.is_set():
            add_up_once(database)

    # When
    adders = [threading.Thread(target=add_up) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in (*adders, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stopped.set()
    for thread in adders:
        thread.join()
    # Then
    assert tallied(database) == WRITERS * EACH
    assert tallied(database, "site", "Site 1") == WRITERS * EACH // 2
    add_up_until_done(database)
    assert count_anew(database) == 0


def test_complaints_from_before_there_were_tallies_are_counted_once(database: Database) -> None:
    # Given
    fill(database, 30)
    with database.write() as session:
        session.execute(delete(TallyEntry))
        session.execute(delete(Tally))
        assert not is_counted(session)
    # When
    assert count_anew(database) > 0
    # Then
    assert tallied(database) == 30
    with database.read() as session:
        assert is_counted(session)
    assert count_anew(database) == 0


def test_a_wrong_sum_is_set_right(database: Database) -> None:
    fill(database, 10)
    with database.write() as session:
        session.execute(update(Tally).where(Tally.subject == "site").values(amount=Tally.amount + 1))
    assert count_anew(database) > 0
    assert count_anew(database) == 0


def test_entries_are_added_up_by_the_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.tallies.adding_up.BATCH", 7)
    with database.write() as session:
        for number in range(20):
            submit(session, NewComplaint(description=str(number)), actor=ANONYMOUS, now=utcnow())
    assert (left(database), BATCH) == (20, 2000)
    add_up_until_done(database)
    assert (left(database), tallied(database)) == (0, 20)


@pytest.mark.own_database
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_index_of_words_follows_each_text_through_a_vacuum(database: Database) -> None:
    # Given
    fill(database, 6)
    with database.write() as session:
        ids = list(session.scalars(select(Complaint.id).order_by(Complaint.created_at)))
        session.execute(delete(ComplaintSearch).where(ComplaintSearch.complaint_id == ids[0]))
        own = update(ComplaintSearch).where(ComplaintSearch.complaint_id == ids[1])
        session.execute(own.values(text="saxophones in the night"))
    # When
    with closing(sqlite3.connect(make_url(database.url).database or "")) as connection:
        connection.execute("VACUUM")
    with database.write() as session:
        session.execute(own.values(text="trombones in the night"))
    # Then
    query = (
        "SELECT complaint_id FROM complaint_search_words"
        " JOIN complaint_search_number ON n = complaint_search_words.rowid"
        " WHERE complaint_search_words MATCH :word"
    )
    with database.read() as session:
        assert session.execute(text(query), {"word": "trombones"}).all() == [(ids[1].hex,)]
        assert session.execute(text(query), {"word": "saxophones"}).all() == []
        assert len(session.execute(text(query), {"word": "noise"}).all()) == 4
