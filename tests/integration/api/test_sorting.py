"""Categories and sites."""

from urllib.parse import quote

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
