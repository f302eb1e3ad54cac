"""Texts, instants and extras: what is acceptable."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from complaints.forms.complaint_forms import ComplaintPatch, NewComplaint
from complaints.forms.fields import Extra, Instant, Line, Prose

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def accepted(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("text", ["x", " ß ", "🚪", "x" * 200, "\x1fx", "نص"])
def test_a_text_with_something_to_see_is_fine(text: str) -> None:
    assert accepted(Line, text)
    assert accepted(Prose, text)


@pytest.mark.parametrize("text", ["", " \n\t", "\x1f", "\u200b\u2060", "\u00a0", "x\x00y", "\ud800", 5, None])
def test_a_text_with_nothing_to_see_or_that_cannot_be_stored_is_not(text: Any) -> None:
    assert not accepted(Line, text)
    assert not accepted(Prose, text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5Z", datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_instants_are_turned_to_utc(text: str, instant: datetime) -> None:
    assert INSTANT.validate_python(text) == instant


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T12:00:00",
        "2026-01-31",
        "soon",
        "1700000000",
        1700000000,
        None,
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_what_is_no_instant_is_refused(value: Any) -> None:
    assert not accepted(Instant, value)


def test_an_extra_may_be_large_and_deep_within_bounds() -> None:
    deep: Any = {}
    for _ in range(30):
        deep = {"a": deep}
    assert accepted(Extra, deep)
    assert not accepted(Extra, {"a": {"b": deep}})
    assert accepted(Extra, {"a": "x" * 8000})
    assert not accepted(Extra, {"a": "x" * 8192})
    assert not accepted(Extra, {"a": float("inf")})


@given(
    st.dictionaries(st.text(), st.recursive(st.text() | st.floats() | st.integers(), st.lists), max_size=5)
)
def test_an_accepted_extra_can_be_stored(extra: dict[str, Any]) -> None:
    if accepted(Extra, extra):
        stored = json.dumps(extra, ensure_ascii=False, allow_nan=False)
        assert "\x00" not in str(json.loads(stored))
        stored.encode()


def test_a_patch_says_only_what_was_said() -> None:
    patch = ComplaintPatch.model_validate({"subject": None})
    assert patch.model_dump(exclude_unset=True) == {"subject": None}
    assert accepted(ComplaintPatch, {})
    assert not accepted(ComplaintPatch, {"description": None})


def test_a_form_refuses_what_it_does_not_know() -> None:
    assert not accepted(NewComplaint, {"description": "x", "status": "resolved"})
