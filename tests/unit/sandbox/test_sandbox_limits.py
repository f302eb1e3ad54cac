"""Telegram's windows are exact: never more than so many in any stretch of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.base.refusals import ScriptError
from sandbox.world.rate_windows import RateWindow, RateWindows, whole_seconds


def test_one_message_a_second_to_one_chat():
    limits = RateWindows()

    assert limits.charge(7, 100.0) is None
    name, wait = limits.charge(7, 100.25)
    assert (name, wait) == ("chat", pytest.approx(0.75))
    assert limits.charge(7, 101.0) is None


def test_a_refused_message_is_not_charged():
    limits = RateWindows()
    limits.charge(7, 0.0)

    for moment in (0.2, 0.5, 0.9):
        assert limits.charge(7, moment) is not None

    assert limits.charge(7, 1.0) is None


def test_thirty_a_second_to_everybody():
    limits = RateWindows()

    answers = [limits.charge(chat, 5.0 + chat / 1000) for chat in range(1, 32)]

    assert answers[:30] == [None] * 30
    assert answers[30][0] == "all"


def test_twenty_a_minute_to_a_group_but_not_to_a_person():
    limits = RateWindows()

    group = [limits.charge(-5, float(second)) for second in range(21)]
    person = [limits.charge(5, float(second)) for second in range(21)]

    assert group[:20] == [None] * 20
    assert group[20] == ("group", pytest.approx(40.0))
    assert person == [None] * 21


def test_switched_off_nothing_counts():
    limits = RateWindows(on=False)

    assert [limits.charge(7, 0.0) for _ in range(100)] == [None] * 100


@given(
    st.lists(st.integers(0, 400).map(lambda k: k / 1024), min_size=1, max_size=80)
)  # sums of these are exact
def test_no_window_ever_holds_more_than_its_rate(gaps):
    limits = RateWindows(chat=RateWindow(3, 1.0))
    moment, passed = 0.0, []
    for gap in gaps:
        moment += gap
        if limits.charge(7, moment) is None:
            passed.append(moment)

    assert all(later - earlier >= 1.0 for earlier, later in zip(passed, passed[3:], strict=False))


def test_a_wait_is_told_in_whole_seconds_of_one_at_least():
    assert [whole_seconds(wait) for wait in (0.01, 1.0, 1.2)] == [1, 1, 2]


@pytest.mark.parametrize("text", ["30", "a/b", "0/1", "1/0", ""])
def test_a_rate_that_makes_no_sense_is_refused(text):
    with pytest.raises(ScriptError):
        RateWindow.parse(text)
