"""Searching: every word must occur, somewhere, in any case and script; and nobody finds what they may not see."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from complaints.clock import utcnow
from complaints.models import Complaint, ComplaintSearch
from complaints.upkeep import search_backlog
from complaints.upkeep.search_backlog import make_all_searchable, make_recent_searchable_once
from complaints.verbs.searchable import FIELDS, text_of
from tests.integration.api.people import World

URL = "/api/v1/complaints"


def found(world: World, q: str, client: Any = None) -> list[str]:
    page = (client or world.admin).get(f"{URL}?q={quote(q)}").get_json()
    return [item["reference"] for item in page["items"]]


@pytest.fixture
def lift(world: World) -> str:
    world.complaint(description="Lärm in der Nacht", site="South")
    made = world.complaint(
        description="Лифт застрял\nна третьем этаже",
        subject="ÄRGER im Aufzug 50%",
        site="Zürich West",
        location="STRASSE 5_b",
        external_id="KIOSK-77/a",
        reporter={"name": "Ömer İnan", "email": "omer@example.org", "phone": "+49 170 555"},
    )
    return str(made["reference"])


FOUND = [
    "ЛИФТ",
    "лифт этаже",
    "  этаже\u00a0 ärger ",
    "A\u0308RGER",
    "zürich",
    "straße",
    "5_B",
    "50%",
    "kiosk-77",
    "ömer inan",
    "OMER@EXAMPLE",
    "555",
    "aufzug лифт zürich 170 kiosk",
    "ａｕｆｚｕｇ",
]
NOT_FOUND = ["лифт нет", "5xb", "50 5x", "%%", "aufzug nacht"]


def test_every_word_is_looked_for_in_every_text(world: World, lift: str) -> None:
    assert {q: found(world, q) for q in FOUND} == {q: [lift] for q in FOUND}
    assert {q: found(world, q) for q in NOT_FOUND} == {q: [] for q in NOT_FOUND}


def test_a_reference_is_found_as_people_type_it(world: World, lift: str) -> None:
    body = lift.removeprefix("RD-")
    alike = body.replace("0", "O").replace("1", "I")
    spoken = (
        lift,
        lift.lower(),
        f"rd{body}",
        f"RD {body[:4]} {body[4:]}",
        body,
        f"rd-{alike}",
        alike,
        body[:6],
    )
    assert {q: found(world, q) for q in spoken} == {q: [lift] for q in spoken}


def test_a_correction_is_found_and_what_it_replaced_is_not(world: World, lift: str) -> None:
    world.admin.patch(f"{URL}/{lift}", json={"subject": "Treppe"}, headers={"If-Match": "*"})
    assert (found(world, "treppe"), found(world, "aufzug")) == ([lift], [])


def test_nobody_finds_what_they_may_not_see(world: World, lift: str) -> None:
    limited = world.signed_in("agent", sites=["South"])
    assert found(world, "лифт", limited) == []
    assert found(world, lift, limited) == []
    assert len(found(world, "lärm", limited)) == 1


def test_what_was_there_before_the_search_is_found_after_the_release(
    world: World, lift: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(search_backlog, "BATCH", 1)
    with world.database.write() as session:
        session.execute(delete(ComplaintSearch))
    assert found(world, "лифт") == []
    # When
    made = make_all_searchable(world.database)
    # Then
    assert (made, make_all_searchable(world.database)) == (2, 0)
    assert found(world, "лифт") == [lift]


def test_what_an_older_process_took_in_is_found_soon(world: World, lift: str) -> None:
    # Given
    with world.database.write() as session:
        session.execute(delete(ComplaintSearch))
    # When
    made = [make_recent_searchable_once(world.database) for _ in range(2)]
    # Then
    assert made == [2, 0]
    assert found(world, "лифт") == [lift]


def correct_as_older_process(session: Session, reference: str, **values: Any) -> None:
    """Write as one does that knows nothing of the search."""
    changed = update(Complaint).where(Complaint.reference == reference)
    session.execute(changed.values(version=Complaint.version + 1, updated_at=utcnow(), **values))


def rows(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(ComplaintSearch)) or 0


def test_what_an_older_process_corrected_is_found_by_what_it_says_soon(world: World, lift: str) -> None:
    # Given
    with world.database.write() as session:
        session.execute(update(Complaint).values(created_at=utcnow() - timedelta(days=1)))
        correct_as_older_process(session, lift, subject="Treppe")
    assert (found(world, "treppe"), found(world, "aufzug")) == ([], [])
    # When
    made = make_recent_searchable_once(world.database)
    # Then
    assert made == 1
    assert (found(world, "treppe"), found(world, "aufzug")) == ([lift], [])


def test_whatever_a_complaint_is_found_by_makes_its_row_void_and_nothing_else_does(
    world: World, lift: str
) -> None:
    with world.database.write() as session:
        correct_as_older_process(session, lift, status="resolved", subject=Complaint.subject)
    assert rows(world) == 2
    for name in (*FIELDS, "reporter"):
        with world.database.write() as session:
            correct_as_older_process(session, lift, **{name: None if name == "reporter" else "another"})
        assert rows(world) == 1, name
        make_recent_searchable_once(world.database)


def test_what_is_corrected_while_its_row_is_made_is_left_for_the_next_time(
    world: World, lift: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an older process that corrects what was read, and on PostgreSQL commits later than the row would be
    with world.database.write() as session:
        session.execute(delete(ComplaintSearch))
    with ExitStack() as older:

        def text_before(complaint: Complaint) -> str:
            if complaint.reference == lift:
                session = older.enter_context(world.database.write())
                correct_as_older_process(session, lift, subject="Treppe")
                if world.database.is_sqlite:
                    older.close()
            return text_of(complaint)

        monkeypatch.setattr(search_backlog, "text_of", text_before)
        # When
        made = make_recent_searchable_once(world.database)
    monkeypatch.undo()
    # Then
    assert made == 1
    assert found(world, "aufzug") == []
    make_recent_searchable_once(world.database)
    assert found(world, "treppe") == [lift]
