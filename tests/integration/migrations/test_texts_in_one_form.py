"""Migration 0008: what was written in another form before is found, and seen by whom it was meant for."""

import pytest

from complaints.accounts.rights import sites_of
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Operator, Site
from complaints.queries.complaint_filters import Filters
from complaints.queries.complaint_list import list_complaints
from complaints.queries.finding import may_see
from complaints.upkeep.search_backlog import make_all_searchable
from tests.integration.migrations.old_code import (
    COMPOSED,
    DECOMPOSED,
    EVA,
    look,
    migrate,
    write_as_typed,
)


@pytest.fixture
def before(old: Database) -> Database:
    """Sites, limits, names and complaints as they were typed once."""
    migrate(old.url, "0005")
    write_as_typed(old)
    return old


def test_sites_that_only_their_spelling_told_apart_are_one(before: Database) -> None:
    migrate(before.url, "head")
    assert {name for (name,) in look(before, "name", "site")} == {COMPOSED, "North", "NORTH", "Café"}
    assert dict(look(before, "name, folded", "site")) == {
        COMPOSED: "zürich west",
        "Café": "café",
        "NORTH": "north",
        "North": None,
    }
    with before.write() as session:
        assert session.get_one(Site, "North").folded is None
    assert [site for (site,) in look(before, "site", "complaint", "1 = 1 ORDER BY reference")] == [
        COMPOSED,
        COMPOSED,
        "NORTH",
    ]


def test_who_was_limited_sees_what_they_are_to_see(before: Database) -> None:
    # When
    migrate(before.url, "head")
    # Then
    with before.read() as session:
        eva = session.get_one(Operator, EVA)
        assert (eva.email, eva.name, eva.sites) == (
            "josé@bücher.example.org",
            "José Admin",
            [COMPOSED, "North"],
        )
        filters = Filters(sites=sites_of(eva))
        page = list_complaints(session, filters, sort="created_at", cursor=None, limit=9, now=utcnow())
    assert sorted(row.reference for row in page.rows) == ["RD-00000001", "RD-00000002"]
    assert may_see(sites_of(eva), DECOMPOSED)


def test_complaints_from_before_are_found_by_their_words(before: Database) -> None:
    # Given
    migrate(before.url, "head")
    # When
    made = make_all_searchable(before)
    # Then
    assert made == 3
    with before.read() as session:
        filters = Filters(text="лифт zürich")
        page = list_complaints(session, filters, sort="created_at", cursor=None, limit=9, now=utcnow())
    assert len(page.rows) == 2


def test_it_can_be_undone_and_done_again(before: Database) -> None:
    migrate(before.url, "head")
    before.engine.dispose()
    migrate(before.url, "0005", down=True)
    migrate(before.url, "head")
    assert len(look(before, "name", "site")) == 4
