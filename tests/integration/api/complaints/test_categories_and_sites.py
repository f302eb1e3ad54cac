"""Categories and sites."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from complaints.words import CATEGORIES
from tests.integration.api.people import World, problem_of

CATEGORY = "/api/v1/categories"
SITE = "/api/v1/sites"


def names(world: World, url: str) -> list[str]:
    """Walk the pages, two at a time."""
    found, cursor = [], ""
    while cursor is not None:
        page = world.program().get(f"{url}?limit=2" + (f"&cursor={cursor}" if cursor else "")).get_json()
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    return found


def test_categories_come_and_go_while_nobody_needs_them(world: World) -> None:
    assert names(world, CATEGORY) == sorted(CATEGORIES)
    assert world.admin.post(CATEGORY, json={"name": "lifts"}).status_code == 201
    problem_of(world.admin.post(CATEGORY, json={"name": "lifts"}), 409)
    world.complaint(category="lifts")
    problem_of(world.admin.delete(f"{CATEGORY}/lifts"), 409)
    problem_of(world.admin.delete(f"{CATEGORY}/general"), 409)
    assert world.admin.delete(f"{CATEGORY}/noise").status_code == 204
    problem_of(world.admin.delete(f"{CATEGORY}/noise"), 404)
    problem_of(world.admin.post("/api/v1/complaints", json={"description": "x", "category": "noise"}), 422)
    for name in ("", "Upper", "a b", "a/b", "x" * 41, "é"):
        problem_of(world.admin.post(CATEGORY, json={"name": name}), 422)


def test_once_there_is_a_site_complaints_name_one_of_them_or_none(world: World) -> None:
    # Given
    world.complaint(site="Anywhere")
    name = "Hall 3/ß 🚪" * 15
    # When
    assert world.admin.post(SITE, json={"name": name}).status_code == 201
    world.admin.post(SITE, json={"name": "North"})
    # Then
    assert sorted(names(world, SITE)) == sorted([name, "North"])
    problem_of(world.admin.post("/api/v1/complaints", json={"description": "x", "site": "Anywhere"}), 422)
    assert world.complaint(site="North")["site"] == "North"
    world.operator(sites=[name])
    problem_of(world.admin.delete(f"{SITE}/North"), 409)
    problem_of(world.admin.delete(f"{SITE}/{quote(name)}"), 409)


def test_a_site_that_nobody_needs_can_go(world: World) -> None:
    world.admin.post(SITE, json={"name": "a/b"})
    assert world.admin.delete(f"{SITE}/a/b").status_code == 204
    problem_of(world.admin.delete(f"{SITE}/a/b"), 404)
    problem_of(world.admin.delete(f"{SITE}/%00"), 404)


USUAL = {"ack_minutes": {}, "reminders": 2, "escalations": 1, "repeat_minutes": None}


def times_of(category: dict[str, Any]) -> dict[str, Any]:
    return {name: category[name] for name in USUAL}


def test_a_category_says_how_long_to_wait_and_how_often_to_remind(world: World) -> None:
    # Given
    fresh = world.admin.post(CATEGORY, json={"name": "lifts"}).get_json()
    assert times_of(fresh) == USUAL
    # When
    change = {"ack_minutes": {"critical": 3, "low": 43_200}, "repeat_minutes": 5, "reminders": 0}
    answer = world.admin.patch(f"{CATEGORY}/lifts", json=change)
    # Then
    assert answer.status_code == 200
    assert times_of(answer.get_json()) == {**USUAL, **change}
    complaint = world.complaint(category="lifts", severity="critical")
    due, created = (datetime.fromisoformat(complaint[name]) for name in ("ack_due_at", "created_at"))
    assert due - created == timedelta(minutes=3)
    back = world.admin.patch(f"{CATEGORY}/lifts", json={"ack_minutes": {}, "repeat_minutes": None})
    assert times_of(back.get_json()) == {**USUAL, "reminders": 0}
    listed = world.admin.get(f"{CATEGORY}?limit=100").get_json()["items"]
    assert [times_of(item) for item in listed if item["name"] == "lifts"] == [times_of(back.get_json())]


def test_a_new_category_can_bring_its_times(world: World) -> None:
    times = {"ack_minutes": {"high": 1}, "reminders": 20, "escalations": 0, "repeat_minutes": 43_200}
    answer = world.admin.post(CATEGORY, json={"name": "lifts", **times})
    assert answer.status_code == 201
    assert times_of(answer.get_json()) == times


def test_a_changed_category_leaves_what_is_due_already(world: World) -> None:
    before = world.complaint()
    world.admin.patch(f"{CATEGORY}/general", json={"ack_minutes": {"medium": 1}})
    after = world.admin.get(f"/api/v1/complaints/{before['id']}").get_json()
    assert after["ack_due_at"] == before["ack_due_at"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ack_minutes": {"urgent": 5}}, "/ack_minutes/urgent"),
        ({"ack_minutes": {"low": 0}}, "/ack_minutes/low"),
        ({"ack_minutes": {"low": 43_201}}, "/ack_minutes/low"),
        ({"ack_minutes": None}, "/ack_minutes"),
        ({"reminders": 21}, "/reminders"),
        ({"reminders": None}, "/reminders"),
        ({"escalations": -1}, "/escalations"),
        ({"repeat_minutes": 0}, "/repeat_minutes"),
        ({"repeat_minutes": 10**30}, "/repeat_minutes"),
        ({"name": "other"}, "/name"),
        ({}, ""),
    ],
)
def test_times_that_make_no_sense_are_refused(world: World, change: dict[str, Any], pointer: str) -> None:
    problem = problem_of(world.admin.patch(f"{CATEGORY}/general", json=change), 422)
    pointers = [error["pointer"] for error in problem.get("errors", [])]
    assert any(found.startswith(pointer) for found in pointers)


def test_only_who_runs_the_place_changes_times(world: World) -> None:
    for caller in (world.signed_in("agent"), world.signed_in("admin", sites=["North"])):
        problem_of(caller.patch(f"{CATEGORY}/general", json={"reminders": 1}), 403)
    problem_of(world.admin.patch(f"{CATEGORY}/unheard-of", json={"reminders": 1}), 404)
