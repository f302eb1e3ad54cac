"""Texts as people and programs write them: a line is one line, a site is one site, and an odd address is kept."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from complaints.models import Complaint, Site
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"
BREAKS = "\n \r\n \x0b \x0c \x85 \u2028 \u2029 \x1b[2K"
COMPOSED, DECOMPOSED = "Zürich West", "Zu\u0308rich\u00a0\u00a0West"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def limited(world: World) -> FlaskClient:
    """An agent of one site, whose limits an admin typed on a Mac."""
    form = {"email": "eva@example.org", "name": "Eva", "role": "agent", "sites": [DECOMPOSED]}
    added = world.admin.post("/api/v1/operators", json={**form, "password": "correct horse"}).get_json()
    assert added["sites"] == [COMPOSED]
    form = {"email": "eva@example.org", "password": "correct horse"}
    signed_in = world.anonymous.post("/api/v1/auth/login", json=form).get_json()
    return world.with_token(signed_in["access_token"])


@SQLITE
def test_what_is_one_line_has_no_line_breaks(world: World) -> None:
    # Given
    fields = ("subject", "site", "location", "external_id")
    forged = f"Lift{BREAKS}RD-00000000 critical"
    # When
    made = world.complaint(**dict.fromkeys(fields, forged), reporter={"name": forged, "phone": forged})
    # Then
    line = "Lift [2KRD-00000000 critical"
    assert {made[name] for name in fields} == {line}
    assert (made["reporter"]["name"], made["reporter"]["phone"]) == (line, line)


@SQLITE
def test_names_of_people_and_programs_are_one_line(world: World) -> None:
    form = {"email": "eva@example.org", "name": f"Eva{BREAKS}Admin", "role": "viewer"}
    assert world.admin.post("/api/v1/operators", json=form).get_json()["name"] == "Eva [2KAdmin"
    made = world.admin.post("/api/v1/api-clients", json={"name": "Kio\u0301sk\u2028Two"}).get_json()
    assert made["name"] == "Kiósk Two"
    problem_of(world.admin.post("/api/v1/api-clients", json={"name": "Kiósk\u00a0Two"}), 409)


def test_a_site_escapes_nobodys_limits_by_its_spelling(world: World, limited: FlaskClient) -> None:
    # Given
    spellings = (COMPOSED, DECOMPOSED, "  Zürich\tWest ", "zürich west", "Ｚürich West", "Zürich\u200b West")
    made = [world.complaint(site=site) for site in spellings]
    # Then
    assert {body["site"] for body in made} == {COMPOSED}
    assert len(limited.get(URL).get_json()["items"]) == len(spellings)
    moved = world.complaint(site="South")
    headers = {"If-Match": "*"}
    patched = world.admin.patch(f"{URL}/{moved['id']}", json={"site": DECOMPOSED}, headers=headers)
    assert patched.get_json()["site"] == COMPOSED
    own = limited.post(URL, json={"description": "x", "site": DECOMPOSED})
    assert (own.status_code, own.get_json()["site"]) == (201, COMPOSED)
    problem_of(limited.post(URL, json={"description": "x", "site": "Zurich West"}), 403)


def test_two_sites_that_look_alike_cannot_be_made(world: World) -> None:
    # Given
    assert world.admin.post("/api/v1/sites", json={"name": DECOMPOSED}).get_json()["name"] == COMPOSED
    # Then
    for name in (COMPOSED, "ZÜRICH WEST", "Zürich\u3164West", "Zürich  West", "Zürich We\u200dst"):
        problem_of(world.admin.post("/api/v1/sites", json={"name": name}), 409)
    assert world.complaint(site="zürich  west")["site"] == COMPOSED
    problem_of(world.admin.post(URL, json={"description": "x", "site": "Zürich East"}), 422)
    assert len(world.admin.get(f"{URL}?site=Zu%CC%88rich%C2%A0west").get_json()["items"]) == 1
    problem_of(world.admin.delete("/api/v1/sites/Zu%CC%88rich West"), 409)
    assert world.count(Site) == 1


@SQLITE
def test_a_category_is_known_however_it_is_typed(world: World) -> None:
    assert world.complaint(category=" Noise\u00a0")["category"] == "noise"
    assert len(world.admin.get(f"{URL}?category=NOISE").get_json()["items"]) == 1


@SQLITE
def test_a_chat_prefers_the_site_however_it_is_typed(world: World) -> None:
    world.complaint(site=COMPOSED)
    world.admin.post("/api/v1/sites", json={"name": COMPOSED})
    form: dict[str, Any] = {"email": "eva@example.org", "name": "Eva", "role": "agent"}
    added = world.admin.post("/api/v1/operators", json={**form, "sites": [DECOMPOSED, COMPOSED]})
    assert added.get_json()["sites"] == [COMPOSED]


@SQLITE
def test_what_is_empty_in_a_form_is_absent(world: World) -> None:
    # Given
    names = ("subject", "site", "location", "external_id", "category", "severity")
    # When
    made = world.complaint(**dict.fromkeys(names, ""), reporter={"name": " ", "email": "", "phone": "1"})
    # Then
    assert [made[name] for name in names] == [None, None, None, None, "general", "medium"]
    assert made["reporter"] == {"name": None, "email": None, "phone": "1"}
    resolved = world.admin.post(f"{URL}/{made['id']}/status", json={"status": "resolved", "reason": ""})
    assert resolved.status_code == 200


@SQLITE
def test_in_a_correction_it_takes_away_what_may_be_nothing(world: World) -> None:
    path, headers = f"{URL}/{world.complaint(subject='Lift', site='North')['id']}", {"If-Match": "*"}
    patched = world.admin.patch(path, json={"subject": "", "site": " "}, headers=headers).get_json()
    assert (patched["subject"], patched["site"]) == (None, None)
    for field in ("description", "category", "severity"):
        problem_of(world.admin.patch(path, json={field: ""}, headers=headers), 422)


@SQLITE
def test_what_is_empty_takes_away_no_limits(world: World) -> None:
    form = {"email": "eva@example.org", "name": "Eva", "role": "viewer"}
    problem_of(world.admin.post("/api/v1/operators", json={**form, "sites": ""}), 422)
    made = world.complaint()
    path = f"{URL}/{made['id']}/assignee"
    assert world.admin.put(path, json={"operator_id": "me"}).status_code == 200
    bulk = {"ids": [made["id"]], "status": "acknowledged", "operator_id": ""}
    assert world.admin.post(f"{URL}/bulk", json=bulk).get_json()["results"][0]["ok"]
    assert world.one(Complaint, made["id"]).assignee_id is not None


ODD = ["a..b.@example.jp", "anna@firma.local", "anna at example", "Anna <anna@example.org>", "@", "ä" * 300]


@pytest.mark.parametrize("address", ODD)
@SQLITE
def test_an_odd_address_is_kept_as_it_was_written_and_marked(world: World, address: str) -> None:
    made = world.complaint(reporter={"name": "Anna", "email": f" {address} "})
    marked = {"name": "Anna", "email": address, "phone": None, "email_usable": False}
    assert made["reporter"] == marked
    assert world.admin.get(f"{URL}/{made['id']}").get_json()["reporter"] == marked


def test_a_usable_address_is_not_marked(world: World) -> None:
    made = world.complaint(reporter={"email": "Anna@Example.org"})
    assert made["reporter"] == {"name": None, "email": "Anna@Example.org", "phone": None}


@SQLITE
def test_a_replay_is_marked_too(world: World) -> None:
    kiosk = world.program("complaints:submit")
    form, headers = {"description": "x", "reporter": {"email": "a..b.@example.jp"}}, {"Idempotency-Key": "1"}
    first, again = (kiosk.post(URL, json=form, headers=headers).get_json() for _ in range(2))
    assert first["reporter"] == again["reporter"]
    assert not again["reporter"]["email_usable"]
