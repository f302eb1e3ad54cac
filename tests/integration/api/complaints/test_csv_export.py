"""All complaints of a filter as one file."""

import csv
import io

import pytest
from sqlalchemy.exc import OperationalError

from tests.integration.api.people import World, problem_of
from web.api.complaints import csv_export

EXPORT = "/api/v1/complaints/export.csv"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def read(text: str) -> list[dict[str, str]]:
    """The byte order mark, by which Excel knows the encoding, belongs to no cell."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_export_has_every_match_over_all_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.setattr(csv_export, "PAGE", 2)
    made = [world.complaint(severity="high", extra={"n": n})["reference"] for n in range(5)]
    world.complaint(severity="low")
    # When
    response = world.admin.get(f"{EXPORT}?severity=high")
    # Then
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="complaints-')
    rows = read(response.get_data(as_text=True))
    assert [row["reference"] for row in rows] == made[::-1]
    assert rows[0]["created_at (UTC)"].endswith("Z")
    assert rows[0]["resolved_at (UTC)"] == ""


@SQLITE
def test_no_cell_is_a_formula(world: World) -> None:
    # Given
    texts = ["=1+1", "+49 30 1", "-2", "@SUM(A1)", "\u003dcmd|' /C calc'!A0", 'a "quoted",\nline', "＝1"]
    for text in texts:
        world.complaint(description=text, reporter={"phone": "+49 30 1"})
    # When
    rows = read(world.admin.get(EXPORT).get_data(as_text=True))
    # Then
    assert rows[0]["reporter_phone"] == "'+49 30 1"
    shown = [row["description"] for row in reversed(rows)]
    assert shown == [text if text.startswith("a") else f"'{text}" for text in texts]


@SQLITE
def test_the_export_and_the_figures_keep_to_the_sites(world: World) -> None:
    # Given
    mine = world.complaint(site="North")["reference"]
    world.complaint(site="South")
    limited = world.signed_in("viewer", sites=["North"])
    # Then
    assert [row["reference"] for row in read(limited.get(EXPORT).get_data(as_text=True))] == [mine]
    assert limited.get("/api/v1/stats").get_json()["total"] == 1
    problem_of(world.program("complaints:submit").get(EXPORT), 403)
    problem_of(world.admin.get(f"{EXPORT}?limit=5"), 422)


@SQLITE
def test_a_database_that_is_away_is_a_refusal_and_no_file_cut_short(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, TimeoutError())

    monkeypatch.setattr(csv_export, "list_complaints", hang)
    refused = world.admin.get(EXPORT)
    assert problem_of(refused, 503)["code"] == "database_unavailable"
    assert refused.headers["Retry-After"] == "5"
