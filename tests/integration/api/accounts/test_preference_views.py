"""Preferences: each operator's own, checked where they come in."""

from typing import Any

import pytest
from sqlalchemy import update

from complaints.models import AuditEntry, Operator
from tests.integration.api.people import World, problem_of

URL = "/api/v1/me/preferences"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNCHOSEN = {
    "language": None,
    "time_zone": None,
    "alarm": {"sound": False, "desktop": False, "minimum_severity": "high"},
}


def test_what_is_chosen_is_kept_for_who_chose_it(world: World) -> None:
    # Given
    ada, grace = world.signed_in("viewer"), world.signed_in("agent")
    assert ada.get(URL).get_json() == UNCHOSEN
    # When
    chosen = {"language": "PT-br", "time_zone": "Europe/Berlin", "alarm": {"sound": True}}
    answer = ada.put(URL, json=chosen)
    # Then
    assert answer.status_code == 200
    kept = {**chosen, "language": "pt-BR", "alarm": {**UNCHOSEN["alarm"], "sound": True}}  # type: ignore[dict-item]
    assert answer.get_json() == kept
    assert ada.get(URL).get_json() == kept
    assert grace.get(URL).get_json() == UNCHOSEN
    # And what is left out is as before
    assert ada.put(URL, json={}).get_json() == UNCHOSEN
    assert world.count(AuditEntry) == 0


@SQLITE
@pytest.mark.parametrize(
    ("pointer", "body"),
    [
        ("/language", {"language": "english please"}),
        ("/language", {"language": "e"}),
        ("/language", {"language": "en-" + "x" * 40}),
        ("/time_zone", {"time_zone": "Mars/Olympus"}),
        ("/time_zone", {"time_zone": "localtime"}),
        ("/alarm/sound", {"alarm": {"sound": "loud"}}),
        ("/alarm/minimum_severity", {"alarm": {"minimum_severity": "panic"}}),
        ("/alarm/flash", {"alarm": {"flash": True}}),
        ("/theme", {"theme": "dark"}),
    ],
)
def test_what_nobody_can_prefer_is_refused(world: World, pointer: str, body: dict[str, Any]) -> None:
    problem = problem_of(world.signed_in("viewer").put(URL, json=body), 422)
    assert problem["errors"][0]["pointer"] == pointer


@SQLITE
@pytest.mark.parametrize("tag", ["en", "de-CH-1996", "zh-Hant-TW", "es-419"])
def test_a_language_is_any_that_is_well_formed(world: World, tag: str) -> None:
    assert world.signed_in("viewer").put(URL, json={"language": tag.lower()}).get_json()["language"] == tag


@SQLITE
def test_what_makes_no_sense_any_more_is_as_never_chosen(world: World) -> None:
    ada = world.signed_in("viewer")
    with world.database.write() as session:
        session.execute(update(Operator).values(preferences={"language": 7}))
    assert ada.get(URL).get_json() == UNCHOSEN
