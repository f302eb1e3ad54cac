"""The table of kinds: every row has every answer that it needs."""

import dataclasses
from typing import Any

import pytest

from complaints.alert_words import AlertKind
from complaints.alerts.kinds import KINDS, Kind, Matters, Told, WhenLost, choices, owed_by
from complaints.alerts.recipients.preferences import Preferences
from complaints.events.event_types import Changes, EventType
from complaints.models import Event
from web.page_words import page_words

CHOSEN = (Told.WHO_CHOSE_IT, Told.THE_ASSIGNEE)
ROWS = sorted(KINDS.items())
OWED: dict[str, tuple[EventType, Changes, list[str]]] = {
    "it comes": (EventType.NEW_COMPLAINT, {}, ["new"]),
    "it is imported": (EventType.NEW_COMPLAINT, {"imported": [None, True]}, []),
    "it is given to somebody": (EventType.ASSIGNMENT_UPDATE, {"assignee": [None, {}]}, ["assignment"]),
    "it is acknowledged": (EventType.STATUS_UPDATE, {"status": ["reported", "acknowledged"]}, ["status"]),
    "it is closed": (EventType.STATUS_UPDATE, {"status": ["in_progress", "resolved"]}, ["status"]),
    "it is reopened": (EventType.STATUS_UPDATE, {"status": ["resolved", "in_progress"]}, ["status"]),
    "it is edited": (EventType.COMPLAINT_UPDATE, {"site": [None, "Elm Court"]}, []),
    "a remark for colleagues": (EventType.COMMENT_ADDED, {"comment": [None, {"visibility": "internal"}]}, []),
    "a remark for all": (EventType.COMMENT_ADDED, {"comment": [None, {"visibility": "public"}]}, []),
}
"""What happens to a complaint, and the kinds that it owes: all that it owes, so that a new kind changes a line."""


def test_each_name_has_a_row_and_each_row_a_name() -> None:
    assert set(KINDS) == set(AlertKind)


def test_a_row_that_lacks_an_answer_can_not_be_written() -> None:
    whole: dict[str, Any] = {
        field.name: getattr(KINDS[AlertKind.NEW], field.name) for field in dataclasses.fields(Kind)
    }
    required = [field.name for field in dataclasses.fields(Kind) if field.default is dataclasses.MISSING]
    for name in required:
        with pytest.raises(TypeError, match=name):
            Kind(**{key: value for key, value in whole.items() if key != name})
    assert {"told", "matters", "merges", "when_lost", "follows", "answers", "label"} == set(required)


@pytest.mark.parametrize(("name", "kind"), ROWS)
def test_who_is_told_fits_what_owes_it(name: str, kind: Kind) -> None:
    """What chats choose is owed by an event and has words; what nobody chooses has neither."""
    assert (kind.told in CHOSEN) == (kind.owed_by is not None) == (kind.choice is not None)
    assert kind.choice is not None or not (kind.by_default or kind.reminded)


@pytest.mark.parametrize(("event_type", "changes", "kinds"), OWED.values(), ids=OWED)
def test_an_event_owes_these_kinds(event_type: EventType, changes: Changes, kinds: list[str]) -> None:
    assert owed_by(Event(type=event_type, changes=changes)) == kinds


def test_each_type_of_event_and_each_kind_that_one_owes_has_its_line() -> None:
    assert {event_type for event_type, *_ in OWED.values()} == set(EventType)
    owed = {name for *_, kinds in OWED.values() for name in kinds}
    assert owed == {name for name, kind in ROWS if kind.owed_by is not None}


@pytest.mark.parametrize(("name", "kind"), ROWS)
def test_a_condition_is_one_on_an_event_and_has_a_line_where_it_fails(name: str, kind: Kind) -> None:
    others = [
        kinds for event_type, _, kinds in OWED.values() if event_type == kind.owed_by and name not in kinds
    ]
    assert (kind.only_if is not None) == bool(others)


@pytest.mark.parametrize(("name", "kind"), ROWS)
def test_what_is_about_a_complaint_says_so_everywhere(name: str, kind: Kind) -> None:
    """It begins with a heading, follows its complaint and goes elsewhere; what is owed to one chat does none."""
    about_a_complaint = kind.told is not Told.ONE_CHAT
    assert (kind.heading is not None) == about_a_complaint
    assert kind.follows == about_a_complaint
    assert (kind.severity is None) == about_a_complaint
    assert (kind.when_lost is WhenLost.GOES_ELSEWHERE) == about_a_complaint
    assert kind.merges <= about_a_complaint


@pytest.mark.parametrize(("name", "kind"), ROWS)
def test_what_answers_somebody_goes_nowhere_else(name: str, kind: Kind) -> None:
    assert kind.answers == (kind.when_lost is WhenLost.FAILS)
    assert not kind.answers or kind.matters is Matters.ALWAYS


@pytest.mark.parametrize(("name", "kind"), ROWS)
def test_the_page_is_served_its_words(name: str, kind: Kind) -> None:
    assert page_words()["alert_kinds"][name] == {"label": kind.label, "choice": kind.choice}
    assert kind.label


def test_a_fresh_chat_is_told_what_is_chosen_by_default() -> None:
    assert Preferences().kinds == ("new", "assignment")


def test_a_chat_may_choose_them_all() -> None:
    assert Preferences(kinds=tuple(choices())).kinds == tuple(choices())
