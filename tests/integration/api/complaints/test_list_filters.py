"""Several values of a filter: the parameter again, or commas where no value has one."""

import pytest

from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"
HALL = "Hall 3, East"


@pytest.fixture
def sites(world: World) -> World:
    """A complaint at each of four sites, of which one has a comma in its name."""
    for site, severity in ((HALL, "low"), ("Hall 3", "high"), ("North", "low"), ("South", "critical")):
        world.complaint(site=site, severity=severity, category="noise" if site == "North" else "general")
    return world


FOUND = {
    "site=North&site=South": ["North", "South"],
    "site=North,South": ["North", "South"],
    "site=North%2C%20South": ["North", "South"],
    "site=Hall%203%2C%20East": [HALL],
    "site=Hall+3,+East": [HALL],
    "site=Hall+3,%C2%A0east&site=North": ["North"],
    "site=Hall+3,+East&site=North": [HALL, "North"],
    "site=North,South&site=Hall+3": ["Hall 3"],
    "severity=low&severity=high": ["Hall 3", HALL, "North"],
    "severity=low,high&severity=critical": ["Hall 3", HALL, "North", "South"],
    "category=noise&category=billing&status=reported": ["North"],
}


def test_each_way_to_say_several_finds_all(sites: World) -> None:
    for query, names in FOUND.items():
        page = sites.admin.get(f"{URL}?{query}").get_json()
        assert (query, sorted(item["site"] for item in page["items"])) == (query, names)
        file = sites.admin.get(f"{URL}/export.csv?{query}").get_data(as_text=True)
        assert file.count("RD-") == len(names)


def test_a_site_that_is_defined_is_no_list(sites: World) -> None:
    for name in (HALL, "Hall 3", "North", "South", "North, South"):
        sites.admin.post("/api/v1/sites", json={"name": name})
    assert sites.admin.get(f"{URL}?site=North,+South").get_json()["items"] == []
    assert len(sites.admin.get(f"{URL}?site=hall+3,+EAST").get_json()["items"]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_takes_one_value_takes_it_once(world: World) -> None:
    for query in ("limit=1&limit=2", "q=a&q=b", "sort=severity&sort=severity", "overdue=true&overdue=true"):
        problem_of(world.admin.get(f"{URL}?{query}"), 422)
    problem_of(world.admin.get(f"{URL}?assignee=me&assignee=none"), 422)
    problem_of(world.admin.get("/api/v1/alerts?state=sent&state=lost"), 422)
    assert world.admin.get("/api/v1/alerts?state=sent&state=failed,pending").status_code == 200
