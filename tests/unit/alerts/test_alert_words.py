"""The closed words of alerts: each has what its table says, and the page gets them."""

from typing import get_args

from complaints.alert_words import AlertState, AttemptOutcome, NoticeSort, Reason, ReasonCode
from complaints.alerts.messages.notices import SORTS
from complaints.alerts.outcome.outcomes import Outcome
from complaints.alerts.state.chat_state import LEAVINGS
from web.page_words import page_words


def test_each_outcome_of_a_request_is_one_of_an_attempt() -> None:
    words = [kind.word for kind in get_args(Outcome)]
    edits = {AttemptOutcome.EDIT_LOST, AttemptOutcome.EDIT_REFUSED}
    assert len(words) == len(set(words))
    assert set(words) | edits == set(AttemptOutcome)


def test_the_page_is_served_every_state_and_words_for_every_outcome() -> None:
    assert page_words()["alert_states"] == list(AlertState)
    assert set(page_words()["attempt_outcomes"]) == set(AttemptOutcome)


def test_each_sort_of_notice_has_its_row_and_a_key_of_its_own() -> None:
    assert set(SORTS) == set(NoticeSort)
    assert len({sort.key for sort in SORTS.values()}) == len(SORTS)


def test_what_a_chat_leaves_for_is_said_of_its_alerts() -> None:
    assert all(reason.code is not None for reason in LEAVINGS.values())


def test_a_reason_is_cut_to_what_a_row_holds() -> None:
    said = Reason("x" * 1000, ReasonCode.REROUTED).columns
    assert said == {"reason": "x" * 320, "reason_code": "rerouted"}
