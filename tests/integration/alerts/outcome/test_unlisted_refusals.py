"""Refusals in words that nobody listed: none of them is silence."""

import pytest

from tools.stack import eventually
from workers.dispatch import dispatch_due


@pytest.fixture
def database_url(renewed_sqlite_url):
    """One engine is enough here: what differs between them is tested with the claims."""
    return renewed_sqlite_url


@pytest.fixture
def fallback(office, telegram):
    """An admin's chat, which chose no kind of alert by itself."""
    linked = office.link(office.hire("Boss", role="admin"), telegram.add_user("Boss", started=True).id)
    office.prefer(linked.id, kinds=[])
    return linked


def deliver_until(office, dispatcher, condition) -> None:
    def step() -> bool:
        office.let_time_pass(400)
        dispatch_due(dispatcher)
        return bool(condition())

    eventually(step)


@pytest.mark.parametrize(
    "text",
    [
        "CHAT_RESTRICTED",
        "CHAT_SEND_PLAIN_FORBIDDEN",
        "need administrator rights in the channel chat",
        "USER_BANNED_IN_CHANNEL",
        "bot is not a participant",
        "TOPIC_DELETED",
        "group chat was upgraded to a supergroup chat",
        "the group has been frozen",
    ],
)
def test_a_refusal_that_names_the_chat_or_rights_is_told_elsewhere(
    office, chat, ada, dispatcher, telegram, fallback, text
):
    telegram.fault("refused", text=text, chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    assert office.chat(chat.id).state == "unreachable"
    assert office.alerts(chat)[0].reason_code == "rerouted"
    assert "sent" in [alert.state for alert in office.alerts(fallback) if alert.complaint_id]


@pytest.mark.parametrize(("text", "seconds"), [("SLOWMODE_WAIT_90", 90), ("slow mode is enabled", 30)])
def test_slow_mode_is_a_hold(office, chat, ada, dispatcher, telegram, text, seconds):
    telegram.fault("refused", text=text, chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    alert, held = office.alert(), office.chat(chat.id)
    assert (alert.state, alert.reason_code, alert.attempts) == ("pending", "on_hold", 0)
    assert held.state == "active"
    assert (held.held_until - office.attempts()[-1].finished_at).total_seconds() == pytest.approx(
        seconds, abs=5
    )


def test_a_text_that_nobody_knows_makes_the_chat_unreachable_after_a_few_in_a_row(
    office, chat, ada, dispatcher, telegram, fallback
):
    telegram.fault("refused", text="SOMETHING_NEW", chat_id=ada)
    office.submit()
    deliver_until(office, dispatcher, lambda: office.chat(chat.id).state == "unreachable")
    assert len(office.attempts()) >= 3
    assert office.alerts(chat)[0].reason_code == "rerouted"
    deliver_until(
        office,
        dispatcher,
        lambda: "sent" in [one.state for one in office.alerts(fallback) if one.complaint_id],
    )


def test_two_in_a_row_and_then_a_success_are_forgotten(office, chat, ada, dispatcher, telegram):
    telegram.fault("refused", text="SOMETHING_NEW", chat_id=ada, count=2)
    office.submit()
    deliver_until(office, dispatcher, lambda: office.alert().state == "sent")
    assert (office.chat(chat.id).state, office.chat(chat.id).refusals) == ("active", 0)


def test_a_text_at_fault_takes_no_chat_after_the_other(office, chat, ada, dispatcher, telegram, fallback):
    telegram.fault("refused", text="SOMETHING_NEW")
    office.submit()

    def told() -> list[str]:
        return [one.state for one in office.alerts(fallback) if one.complaint_id]

    deliver_until(office, dispatcher, lambda: told() == ["failed"])
    assert office.chat(chat.id).state == "unreachable"
    assert office.chat(fallback.id).state == "active" or office.chat(fallback.id).refusals


def test_the_second_try_has_no_markup(office, chat, ada, dispatcher, telegram):
    telegram.fault("refused", text="SOMETHING_NEW", chat_id=ada, count=1)
    office.submit(description="<b>loud</b>")
    deliver_until(office, dispatcher, lambda: office.alert().state == "sent")
    (message,) = telegram.messages(ada)
    assert "entities" not in message or all(one["type"] != "bold" for one in message["entities"])
