"""Inserting what may be there already, on both engines."""

import pytest
from sqlalchemy import select

from complaints.clock import utcnow
from complaints.db import Database, insert_ignoring
from complaints.models import Category, Site


@pytest.mark.parametrize("names", [("North",), ("North", "South"), ("North", "South", "North")])
def test_only_what_is_new_is_inserted_and_counted(database: Database, names: tuple[str, ...]) -> None:
    now = utcnow()
    counts = []
    for _ in range(2):
        with database.write() as session:
            counts.append(
                insert_ignoring(session, Site, [{"name": name, "created_at": now} for name in names])
            )
    assert counts == [len(set(names)), 0]
    with database.read() as session:
        assert set(session.scalars(select(Site.name))) == set(names)


def test_thousands_of_rows_are_counted_as_well(database: Database) -> None:
    rows = [{"name": f"site {place}", "created_at": utcnow()} for place in range(5000)]
    with database.write() as session:
        assert insert_ignoring(session, Site, rows[:100]) == 100
        assert insert_ignoring(session, Site, rows) == 4900


def test_what_the_session_holds_back_is_written_first(database: Database) -> None:
    now = utcnow()
    with database.write() as session:
        session.add(Category(name="lifts", created_at=now))
        assert insert_ignoring(session, Category, [{"name": "lifts", "created_at": now}]) == 0
