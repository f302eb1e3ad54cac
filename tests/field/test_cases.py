"""Small inputs from the world as it is, with the right values. To add one is to add a line.

A complaint is submitted as the case says; `found` is what the answer then holds, or the code of the refusal.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.api.people import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Taken:
    """Members of a complaint, and how they stand in the answer."""

    why: str
    said: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None


NOBODY = {"name": None, "email": None, "phone": None}
SUBMITTED = [
    Taken(
        "a line break forges no line",
        {"subject": "a\nReported by: the mayor"},
        {"subject": "a Reported by: the mayor"},
    ),
    Taken("nor does Unicode's", {"subject": "a\u2028b\u2029c\u0085d\x0be"}, {"subject": "a b c d e"}),
    Taken("nor an escape sequence", {"subject": "\x1b[31mred"}, {"subject": "[31mred"}),
    Taken("spaces of all kinds are one", {"site": " Elm\u00a0\u3000 Court "}, {"site": "Elm Court"}),
    Taken("composed and decomposed are the same", {"site": "Cafe\u0301"}, {"site": "Café"}),
    Taken("prose keeps its lines", {"description": "one\ntwo"}, {"description": "one\ntwo"}),
    Taken("a form's empty value is absent", {"subject": "", "site": " "}, {"subject": None, "site": None}),
    Taken("what nobody sees is blank", {"description": "\u3164"}, refused="invalid"),
    Taken("so are blanks of braille", {"description": "\u2800\u2800"}, refused="invalid"),
    Taken("so is a mark alone", {"description": "\u0301"}, refused="invalid"),
    Taken("so is what no font shows", {"description": "\u2065"}, refused="invalid"),
    Taken("an address of nothing is none", {"reporter": {"email": "\ufeff"}}, {"reporter": NOBODY}),
    Taken("an emoji is something", {"description": "🔥"}, {"description": "🔥"}),
    Taken("so is another script", {"description": "電梯壞了"}, {"description": "電梯壞了"}),
    Taken("NUL is refused", {"description": "a\x00b"}, refused="invalid"),
    Taken("whole numbers are whole", {"extra": {"n": 1.0}}, {"extra": {"n": 1.0}}),
    Taken("an unknown member is refused", {"urgency": "high"}, refused="invalid"),
]
ADDRESSES = ["a..b.@example.jp", "anna@firma.local", "nobody at example.org", "ünï@bücher.example", "x" * 100]
FILTERS = [
    ("status=reported&status=acknowledged", 3),
    ("status=reported,acknowledged", 3),
    ("site=Hall 2, north", 1),
    ("site=Elm Court&site=Hall 2, north", 2),
    ("site=Elm Court,Nowhere", 1),
    ("q=LIFT", 1),
    ("q=%20lift%20stuck%20", 1),
    ("q=stuck lift", 1),
    ("q=straße", 1),
    ("q=STRASSE", 1),
    ("q=nowhere lift", 0),
    ("created_after=2020-01-01t00:00:00z", 3),
]


@pytest.mark.parametrize("case", SUBMITTED, ids=lambda case: case.why)
def test_a_complaint_is_taken_like_this(world: World, case: Taken) -> None:
    response = world.signed_in().post("/api/v1/complaints", json={"description": "x", **case.said})
    body = response.get_json()
    assert body.get("code") == case.refused, body
    assert {name: body.get(name) for name in case.kept} == case.kept


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_of_a_reporter_refuses_a_complaint(world: World, address: str) -> None:
    body = {"description": "x", "reporter": {"email": address}}
    response = world.signed_in().post("/api/v1/complaints", json=body)
    assert response.status_code == 201
    assert response.get_json()["reporter"]["email"]


@pytest.mark.parametrize(("query", "count"), FILTERS)
def test_a_list_is_filtered_like_this(world: World, query: str, count: int) -> None:
    client = world.signed_in("admin")
    for said in (
        {"description": "The lift\nis stuck", "site": "Elm Court"},
        {"description": "Straße gesperrt", "site": "Hall 2, north"},
        {"description": "Dark"},
    ):
        assert client.post("/api/v1/complaints", json=said).status_code == 201
    response = client.get(f"/api/v1/complaints?{query}")
    assert response.status_code == 200, response.get_json()
    assert len(response.get_json()["items"]) == count
