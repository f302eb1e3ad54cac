"""Whatever JSON is submitted: it is kept as it was said, in NFC, or refused with nothing stored. Never a 500."""

import json
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.models import Complaint
from tests.integration.api.people import World, problem_of

URL = "/api/v1/complaints"
TEXT = st.text(st.characters(codec=None), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "subject": TEXT,
    "category": st.sampled_from(["general", "noise"]),
    "severity": st.sampled_from(["low", "critical"]),
    "site": TEXT,
    "location": TEXT,
    "reporter": st.fixed_dictionaries({}, optional={"name": TEXT, "phone": TEXT, "email": TEXT}),
    "external_id": TEXT,
    "extra": st.dictionaries(TEXT, JSON, max_size=4),
}
BODIES = st.fixed_dictionaries(
    {"description": TEXT | JSON},
    optional={name: strategy | JSON for name, strategy in GOOD.items()},
)


def exactly(body: bytes) -> Any:
    """Parse with decimal numbers: PostgreSQL keeps 1e3 as 1000, which is the same number said otherwise."""
    return json.loads(body, parse_int=Decimal, parse_float=Decimal)


def in_nfc(value: Any) -> Any:
    if isinstance(value, dict):
        return {normalize("NFC", name): in_nfc(child) for name, child in value.items()}
    if isinstance(value, list):
        return [in_nfc(child) for child in value]
    return normalize("NFC", value) if isinstance(value, str) else value


@given(body=BODIES | JSON)
@settings(
    max_examples=80,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_body_is_kept_or_refused(world: World, body: Any) -> None:
    # Given
    admin, before = world.admin, world.count(Complaint)
    # When
    response = admin.post(URL, data=json.dumps(body), content_type="application/json")
    # Then
    if response.status_code != 201:
        assert 400 <= response.status_code < 500
        problem_of(response, response.status_code)
        assert world.count(Complaint) == before
        return
    made = response.get_json()
    answered = exactly(response.data)
    answered.pop("possible_duplicates", None)
    assert exactly(admin.get(f"{URL}/{made['id']}").data) == answered
    assert made["extra"] == in_nfc(body.get("extra", {}))
    assert made["description"] == in_nfc(body["description"]).strip()
