"""Routing: once an event, whatever else happens, on both engines."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from complaints.alerts.triggers import routing
from complaints.alerts.triggers.routing import ADVISORY_LOCK, route_failed_again, route_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_feed import read_head
from complaints.events.event_types import ANONYMOUS
from complaints.events.sequencer import number_once
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Alert, Event, StreamMeta
from complaints.verbs import submit
from tests.factories import a_chat, an_operator


def link_chat(database: Database) -> None:
    operator = an_operator()
    with database.write() as session:
        session.add(operator)
        session.flush()
        session.add(a_chat(operator, operator.id.int % 2**50))


def submit_numbered(database: Database, count: int) -> None:
    with database.write() as session:
        for place in range(count):
            submit(session, NewComplaint(description=f"no {place}"), actor=ANONYMOUS, now=utcnow())
    number_once(database)


def alerts_of(database: Database) -> list[int | None]:
    with database.read() as session:
        return list(session.scalars(select(Alert.event_seq).order_by(Alert.event_seq)))


def routed_seq(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(StreamMeta.routed_seq)).one()


def spoil(database: Database, seq: int, **values: Any) -> None:
    with database.write() as session:
        session.execute(update(Event).where(Event.seq == seq).values(**values))


POISON: dict[str, dict[str, Any]] = {
    "without a site": {"data": {}},
    "not an object": {"data": []},
    "an assignee that is no object": {
        "type": "assignment_update",
        "data": {"site": None, "assignee": "Ada", "severity": "low", "category": "general"},
    },
    "an unknown severity": {"data": {"site": None, "severity": "\u00e9", "category": "general"}},
}


@pytest.mark.parametrize("poison", POISON)
def test_an_event_that_can_not_be_routed_stops_nobody_else(database: Database, poison: str) -> None:
    # Given
    link_chat(database)
    submit_numbered(database, 3)
    spoil(database, 2, **POISON[poison])
    # When
    assert route_once(database) == 3
    # Then
    assert alerts_of(database) == [1, 3]
    with database.read() as session:
        failed = session.scalars(select(Event.seq).where(Event.routing_error.is_not(None))).all()
    assert failed == [2]
    assert route_once(database) == 0


def test_an_event_can_be_routed_again_and_owes_nothing_twice(database: Database) -> None:
    # Given
    link_chat(database)
    submit_numbered(database, 1)
    with database.read() as session:
        good = session.scalars(select(Event.data)).one()
    spoil(database, 1, data={})
    route_once(database)
    spoil(database, 1, data=good)
    # When
    results = []
    for _ in range(2):
        with database.write() as session:
            results.append(route_failed_again(session, now=utcnow()))
    # Then
    assert results == [(1, 0), (0, 0)]
    assert alerts_of(database) == [1]


def test_what_still_fails_stays_on_record(database: Database) -> None:
    # Given
    link_chat(database)
    submit_numbered(database, 1)
    spoil(database, 1, data={})
    route_once(database)
    # When
    with database.write() as session:
        assert route_failed_again(session, now=utcnow()) == (1, 1)
    # Then
    with database.read() as session:
        assert "KeyError" in str(session.scalars(select(Event.routing_error)).one())


def test_a_deadlock_is_no_fault_of_the_event(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    class Deadlock(Exception):
        sqlstate = "40P01"

    def collide(*_: Any) -> int:
        raise OperationalError("INSERT", {}, Deadlock("deadlock detected"))

    link_chat(database)
    submit_numbered(database, 1)
    monkeypatch.setattr(routing, "insert_new", collide)
    # When
    with pytest.raises(DBAPIError):
        route_once(database)
    monkeypatch.undo()
    # Then
    assert route_once(database) == 1
    assert alerts_of(database) == [1]


def test_racing_routers_route_each_event_once(database: Database) -> None:
    # Given
    link_chat(database)
    submit_numbered(database, 150)
    routed: list[int] = []

    def route() -> None:
        while done := route_once(database):
            routed.append(done)

    racers = [threading.Thread(target=route) for _ in range(3)]
    # When
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    # Then
    assert sum(routed) == 150
    assert alerts_of(database) == list(range(1, 151))
    with database.read() as session:
        assert routed_seq(database) == read_head(session).top


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_router_that_hangs_holds_no_other_worker_for_long(database: Database) -> None:
    # Given
    link_chat(database)
    submit_numbered(database, 1)

    def hold(session: Session) -> None:
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")

    with database.write() as session:
        hold(session)
        # When
        routed = route_once(database)
        # Then it gave up while the lock was held
        assert routed == 0
    assert route_once(database) == 1


def test_many_chats_cost_no_more_statements_than_few(database: Database) -> None:
    # Given
    counts = []
    for more in (1, 300):
        for _ in range(more):
            link_chat(database)
        submit_numbered(database, 1)
        statements: list[str] = []

        def note(*given: Any, into: list[str] = statements) -> None:
            into.append(given[2])

        database.now()  # asks the database's clock now and then
        listen(database.engine, "before_cursor_execute", note)
        # When
        route_once(database)
        counts.append(len(statements))
        remove(database.engine, "before_cursor_execute", note)
    # Then
    assert len(alerts_of(database)) == 1 + 301
    assert counts[0] == counts[1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_routing_under_way_delays_no_numbering(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a routing that has inserted its alerts and has not committed
    link_chat(database)
    submit_numbered(database, 1)
    inserted, go_on, insert = threading.Event(), threading.Event(), routing.insert_new

    def insert_and_wait(*arguments: Any) -> int:
        count = insert(*arguments)
        inserted.set()
        assert go_on.wait(20)
        return count

    monkeypatch.setattr(routing, "insert_new", insert_and_wait)
    router = threading.Thread(target=route_once, args=(database,))
    router.start()
    assert inserted.wait(20)
    # When
    submit_numbered(database, 5)
    # Then
    with database.read() as session:
        assert read_head(session).top == 6
    assert alerts_of(database) == []
    go_on.set()
    router.join()
    assert alerts_of(database) == [1]
