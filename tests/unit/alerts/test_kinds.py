"""The table of kinds: every row has every answer that it needs."""

import dataclasses
from typing import Any

import pytest

from complaints.alert_words import AlertKind
from complaints.alerts.kinds import KINDS, Kind, Matters, Told, WhenLost
from complaints.alerts.recipients.preferences import Preferences
from web.page_words import page_words

CHOSEN = (Told.WHO_CHOSE_IT, Told.THE_ASSIGNEE)
ROWS = sorted(KINDS.items())


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
