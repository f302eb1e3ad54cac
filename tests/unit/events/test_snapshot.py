"""One list of a complaint's fields: whoever shows them shows each, or says that it does not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import inspect

from complaints.events.envelope import Envelope, as_removed, envelope
from complaints.events.event_types import ActorKind, EventType
from complaints.events.snapshot import RemovedSnapshot, Snapshot
from complaints.forms.complaint_forms import ComplaintPatch, NewComment, NewComplaint
from complaints.ids import new_id
from complaints.models import Comment, Complaint, Event
from web.api.complaints import csv_export
from web.api.shapes import ComplaintShape
from web.page_words import FACTS, NOT_SHOWN, SHOWN_ELSEWHERE

FIELDS = set(Snapshot.model_fields)
NEVER_IN_EVENTS = {"reporter", "api_client_id", "remind_at", "reminded"}
SET_BY_VERBS = {"id", "reference", "source", "status", "assignee", "duplicate_of", "version", "updated_at"}
SET_BY_VERBS |= {"ack_due_at", "resolve_due_at", "acknowledged_at", "resolved_at", "created_at"}
SET_BY_HAND = {"ack_due_at", "resolve_due_at", "reporter"}
POSITION = {"latitude", "longitude"}
LOOKED_UP = {"category"}  # what is not in the table of categories is refused, however short
FIRST_STORED: dict[str, Any] = {
    "id": "019ac0de-0000-7000-8000-000000000001",
    "reference": "RD-7K2M9QXA",
    "subject": None,
    "description": "The lift is stuck",
    "category": "general",
    "severity": "high",
    "site": "Elm Court",
    "location": None,
    "source": None,
    "external_id": None,
    "extra": {},
    "status": "reported",
    "assignee": None,
    "duplicate_of": None,
    "version": 1,
    "ack_due_at": "2026-11-24T09:00:00.000000Z",
    "resolve_due_at": None,
    "acknowledged_at": None,
    "resolved_at": None,
    "created_at": "2026-11-24T08:00:00.000000Z",
    "updated_at": "2026-11-24T08:00:00.000000Z",
}
"""As the first version wrote it. Never add to it: a field that came later has a default in the snapshot instead."""


def an_event(data: dict[str, Any], event_type: str = EventType.NEW_COMPLAINT) -> Event:
    return Event(
        seq=7,
        type=event_type,
        actor_kind=ActorKind.OPERATOR,
        actor_id=new_id(),
        actor_name="Ada",
        data=data,
        changes={"site": [None, "Elm Court"]},
        occurred_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    )


def test_every_column_is_in_the_snapshot_or_kept_out_of_it_on_purpose() -> None:
    columns = {column.key for column in inspect(Complaint).columns} - {"assignee_id"} - POSITION
    assert columns - NEVER_IN_EVENTS | {"assignee", "position"} == FIELDS


def test_what_people_set_is_what_the_forms_take() -> None:
    assert set(ComplaintPatch.model_fields) == FIELDS - SET_BY_VERBS | SET_BY_HAND
    assert set(NewComplaint.model_fields) == FIELDS - SET_BY_VERBS | {"reporter"}


def test_no_form_takes_a_text_that_its_column_does_not() -> None:
    for form, column in ((NewComplaint, Complaint), (ComplaintPatch, Complaint), (NewComment, Comment)):
        lengths = {one.key: getattr(one.type, "length", None) for one in inspect(column).columns}
        for name, schema in form.model_json_schema()["properties"].items():
            most = [one["maxLength"] for one in (schema, *schema.get("anyOf", ())) if "maxLength" in one]
            if most and name not in LOOKED_UP:
                assert (lengths[name] or max(most)) >= max(most), f"{form.__name__}.{name}"


def test_a_patch_says_nothing_of_what_it_does_not_name() -> None:
    assert ComplaintPatch().model_fields_set == set()
    schema = ComplaintPatch.model_json_schema()["properties"]
    assert not [name for name, field in schema.items() if "default" in field]


def test_the_api_adds_the_reporter_alone() -> None:
    assert set(ComplaintShape.model_fields) == FIELDS | {"reporter"}


def test_the_file_has_a_column_for_every_field_that_is_not_left_out() -> None:
    stored = Snapshot.model_validate(FIRST_STORED).on_wire()
    row = {**stored, "assignee": {"id": "x", "name": "Ada"}, "reporter": {"name": "R"}}
    named = {name.removesuffix(" (UTC)") for name in csv_export.COLUMNS}
    parts = {"reporter_name", "reporter_email", "reporter_phone", "position_lat", "position_lon"}
    assert named == FIELDS - set(csv_export.LEFT_OUT) - {"position"} | parts
    assert all(column(row) is not ... for column in csv_export.COLUMNS.values())


def test_instants_are_told_to_be_in_utc() -> None:
    instants = {name for name in FIELDS if name.endswith("_at")}
    assert {name.removesuffix(" (UTC)") for name in csv_export.COLUMNS if name.endswith(" (UTC)")} == instants


def test_the_page_shows_every_field_or_says_that_it_does_not() -> None:
    shown = [set(FACTS), SHOWN_ELSEWHERE, NOT_SHOWN]
    assert set.union(*map(set, shown)) == set(ComplaintShape.model_fields)
    assert sum(map(len, shown)) == len(ComplaintShape.model_fields)
    assert {fact.done for fact in FACTS.values() if fact.done} <= FIELDS


def test_what_the_first_version_stored_is_read_still() -> None:
    assert Snapshot.model_validate(FIRST_STORED).on_wire().items() >= FIRST_STORED.items()


@pytest.mark.parametrize("event_type", EventType)
def test_an_envelope_is_what_the_document_says(event_type: EventType) -> None:
    told = envelope(an_event(FIRST_STORED, event_type))
    assert Envelope.model_validate(told).model_dump(mode="json") == json.loads(json.dumps(told))


def test_what_an_older_or_newer_version_stored_is_passed_on_as_it_is() -> None:
    data = {"id": FIRST_STORED["id"], "from_a_later_version": [1]}
    assert Envelope.model_validate(envelope(an_event(data))).model_dump(mode="json")["data"] == data


def test_of_a_complaint_out_of_sight_only_its_name_is_told() -> None:
    told = as_removed(envelope(an_event(FIRST_STORED)))
    assert (told["name"], told["changes"]) == ("removed", {})
    assert RemovedSnapshot.model_validate(told["data"], strict=False).reference == "RD-7K2M9QXA"
    assert set(told["data"]) == {"id", "reference", "version"}
