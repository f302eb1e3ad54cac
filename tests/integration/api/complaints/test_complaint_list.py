"""The list of complaints: filters, sorts, pages that nothing shifts."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from complaints.clock import to_wire, utcnow
from complaints.models import Complaint
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOON = utcnow().replace(hour=12, minute=0, second=0, microsecond=0)


def set_fields(world: World, body: dict[str, Any], **fields: Any) -> None:
    with world.database.write() as session:
        query = update(Complaint).where(Complaint.reference == body["reference"])
        session.execute(query.values(**fields))


@pytest.fixture
def four(world: World) -> dict[str, dict[str, Any]]:
    """Four complaints, an hour apart, each different in what can be filtered."""
    agent = world.signed_in("agent")
    made = {
        "a": world.complaint(description="Lift stuck 50% of the time", severity="critical", site="North"),
        "b": world.complaint(description="Noise at night", severity="low", category="noise", site="South"),
        "c": world.complaint(description="Bins full", subject="Waste_bins", severity="high"),
        "d": world.complaint(description="Wrong bill", category="billing", location="Desk 5"),
    }
    agent.put(f"{URL}/{made['b']['id']}/assignee", json={"operator_id": "me"})
    agent.post(f"{URL}/{made['d']['id']}/status", json={"status": "resolved"})
    for hours, name in enumerate(made):
        at = NOON + timedelta(hours=hours)
        set_fields(world, made[name], created_at=at, updated_at=NOON - timedelta(hours=hours))
        set_fields(world, made[name], ack_due_at=NOON + timedelta(days=900))
    set_fields(world, made["a"], ack_due_at=NOON - timedelta(days=900))
    return made


def names(world: World, four: dict[str, dict[str, Any]], query: str) -> str:
    response = world.admin.get(f"{URL}?{query}")
    assert response.status_code == 200, response.get_data(as_text=True)
    known = {body["id"]: name for name, body in four.items()}
    return "".join(known[item["id"]] for item in response.get_json()["items"])


FILTERS = {
    "": "dcba",
    "status=reported": "cba",
    "status=reported,resolved": "dcba",
    "severity=critical,low": "ba",
    "category=noise": "b",
    "category=noise,billing": "db",
    "site=North": "a",
    "assignee=none": "dca",
    "assignee=me": "",
    "q=STUCK": "a",
    "q=50%25": "a",
    "q=_bins": "c",
    "q=desk": "d",
    "overdue=true": "a",
    "overdue=false": "dcb",
    f"created_after={to_wire(NOON)}": "dcb",
    f"created_before={to_wire(NOON + timedelta(hours=1))}": "a",
    f"updated_after={quote((NOON - timedelta(hours=2)).isoformat())}": "ba",
    "status=reported&site=North,South&severity=low": "b",
}


def test_each_filter_narrows_the_list(world: World, four: dict[str, dict[str, Any]]) -> None:
    assert {query: names(world, four, query) for query in FILTERS} == FILTERS


def test_filters_by_reference_and_by_assignee(world: World, four: dict[str, dict[str, Any]]) -> None:
    assert names(world, four, f"q={four['c']['reference'].lower()}") == "c"
    with world.database.read() as session:
        query = select(Complaint.assignee_id).where(Complaint.assignee_id.is_not(None))
        assignee = session.scalars(query).one()
    assert names(world, four, f"assignee={assignee}") == "b"


SORTS = {
    "created_at": "abcd",
    "-created_at": "dcba",
    "updated_at": "dcba",
    "-updated_at": "abcd",
    "severity": "bdca",
    "-severity": "acdb",
}


def test_each_sort_can_be_paged(world: World, four: dict[str, dict[str, Any]]) -> None:
    known = {body["id"]: name for name, body in four.items()}
    for sort, order in SORTS.items():
        found, cursor = "", ""
        while cursor is not None:
            after = f"&cursor={cursor}" if cursor else ""
            page = world.admin.get(f"{URL}?sort={sort}&limit=1{after}").get_json()
            found += known[page["items"][0]["id"]]
            cursor = page["next_cursor"]
        assert (sort, found) == (sort, order)


def test_what_comes_in_meanwhile_shifts_no_page(world: World, four: dict[str, dict[str, Any]]) -> None:
    # Given
    first = world.admin.get(f"{URL}?limit=2").get_json()
    # When
    set_fields(world, world.complaint(), created_at=NOON + timedelta(days=1))
    second = world.admin.get(f"{URL}?limit=2&cursor={first['next_cursor']}").get_json()
    # Then
    shown = [item["reference"] for item in first["items"] + second["items"]]
    assert shown == [four[name]["reference"] for name in "dcba"]


def test_rows_of_one_instant_are_neither_lost_nor_doubled(world: World) -> None:
    # Given
    made = {world.complaint()["id"] for _ in range(5)}
    with world.database.write() as session:
        session.execute(update(Complaint).values(created_at=NOON))
    # When
    seen, cursor = [], ""
    while cursor is not None:
        page = world.admin.get(f"{URL}?limit=2" + (f"&cursor={cursor}" if cursor else "")).get_json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    # Then
    assert sorted(seen) == sorted(made)


def test_the_head_is_what_was_numbered(world: World) -> None:
    # Given
    world.complaint()
    world.number()
    world.complaint()
    # When
    page = world.admin.get(URL).get_json()
    # Then
    assert (page["head_seq"], len(page["items"])) == (1, 2)
    assert page["epoch"]


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


UUID_TEXT = "00000000-0000-7000-8000-000000000000"
CURSORS = [
    "x",
    "=",
    "é",
    "A" * 399,
    encoded("5"),
    encoded("[]"),
    encoded("{}"),
    encoded('["-created_at"]'),
    encoded('["-created_at",1,2]'),
    encoded(f'["created_at","2026-01-01T00:00:00+00:00","{UUID_TEXT}"]'),
    encoded(f'["-created_at","2026-01-01T00:00:00","{UUID_TEXT}"]'),
    encoded(f'["-created_at","0001-01-01T00:00:00+23:00","{UUID_TEXT}"]'),
    encoded('["-created_at","2026-01-01T00:00:00+00:00","\\u0000"]'),
    encoded("[" * 280),
]


@SQLITE
def test_a_cursor_that_was_not_given_out_is_refused(world: World) -> None:
    for cursor in CURSORS:
        body = problem_of(world.admin.get(f"{URL}?cursor={quote(cursor)}"), 422)
        assert body["code"] == "cursor_invalid"
        assert body["errors"][0]["pointer"] == "/cursor"


@SQLITE
def test_a_query_that_makes_no_sense_is_refused(world: World) -> None:
    for query in (
        "status=closed",
        "status=",
        "severity=urgent",
        "assignee=nobody",
        "category=" + "x" * 201,
        "q=",
        "q=%00",
        "site=%00",
        "created_after=yesterday",
        "created_after=1700000000",
        "created_after=2026-01-01T00:00:00",
        "created_before=9999-12-31T23:59:59-23:00",
        "overdue=maybe",
        "sort=name",
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=" + "9" * 5000,
        "colour=red",
        "limit=1&limit=2",
        "cursor=" + "x" * 401,
    ):
        problem_of(world.admin.get(f"{URL}?{query}"), 422)


@SQLITE
def test_a_program_cannot_ask_for_what_is_assigned_to_it(world: World) -> None:
    problem_of(world.program().get(f"{URL}?assignee=me"), 403)
