"""`/mute` and `/unmute`, and waking up when the time is over."""

from datetime import timedelta

import pytest

from complaints.chats.muting import wake_muted_once
from complaints.clock import utcnow
from complaints.words import Status
from workers.dispatch import dispatch_due


def last(telegram, chat_id) -> str:
    return telegram.messages(chat_id)[-1]["text"]


def test_a_muted_chat_gets_nothing_and_what_waited_is_skipped(
    office, chat, ada, telegram, handle, dispatcher
):
    # Given an alert that waits
    office.submit("waits", severity="critical")
    # When
    telegram.say(ada, "/mute")
    handle()
    office.submit("comes meanwhile", severity="critical")
    dispatch_due(dispatcher)
    # Then
    (waited, answer) = office.alerts()
    assert (waited.state, waited.reason) == ("skipped", "the chat was muted")
    assert (office.chat(chat.id).state, office.chat(chat.id).muted_until) == ("muted", None)
    assert answer.state == "sent"
    assert last(telegram, ada).startswith("Muted. /unmute")


@pytest.mark.parametrize(
    ("argument", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("30m", timedelta(minutes=30)),
        ("90", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("1D 12H", timedelta(days=1, hours=12)),
        ("2 hours", timedelta(hours=2)),
        ("30d", timedelta(days=30)),
    ],
)
def test_a_mute_may_end_by_itself(office, chat, ada, telegram, handle, argument, span):
    before = utcnow()
    telegram.say(ada, f"/mute {argument}")
    handle()
    until = office.chat(chat.id).muted_until
    assert span <= until - before <= span + timedelta(minutes=1)
    assert last(telegram, ada).startswith("Muted until")


@pytest.mark.parametrize("argument", ["0", "-5", "31d", "721h", "soon", "2x", "1e3h", "२h", "9" * 400, "<b>"])
def test_a_wrong_span_gets_a_hint(office, chat, ada, telegram, handle, argument):
    telegram.say(ada, f"/mute {argument}")
    handle()
    assert "/mute 2h" in last(telegram, ada)
    assert office.chat(chat.id).state == "active"


def test_the_end_of_a_mute_is_told_in_the_chats_own_time_zone(office, chat, ada, telegram, handle):
    office.prefer(chat.id, time_zone="Asia/Tokyo")
    telegram.say(ada, "/mute 1h")
    handle()
    assert "JST" in last(telegram, ada)


def test_unmute_brings_the_alerts_back(office, chat, ada, telegram, handle, dispatcher):
    telegram.say(ada, "/mute 1d")
    handle()
    telegram.say(ada, "/unmute")
    handle()
    assert last(telegram, ada) == "Alerts arrive here again."
    complaint = office.submit()
    dispatch_due(dispatcher)
    assert complaint.reference in last(telegram, ada)
    assert office.chat(chat.id).muted_until is None


def test_unmute_says_where_nothing_is_muted(chat, ada, telegram, handle):
    telegram.say(ada, "/unmute")
    handle()
    assert last(telegram, ada) == "This chat is not muted."


@pytest.mark.parametrize("command", ["/mute 1h", "/unmute", "/settings"])
def test_a_stopped_chat_is_neither_muted_nor_tuned(office, chat, ada, telegram, handle, command):
    telegram.say(ada, "/stop")
    handle()
    telegram.say(ada, command)
    handle()
    assert "/start brings them back" in last(telegram, ada)
    assert office.chat(chat.id).state == "left"


def test_a_chat_wakes_up_when_its_time_is_over_and_hears_what_is_open(
    database, office, chat, ada, telegram, handle, dispatcher
):
    # Given a muted chat that is only told about what is high
    office.prefer(chat.id, minimum_severity="high", categories=["noise", "safety"])
    telegram.say(ada, "/mute 1h")
    handle()
    office.submit("wanted", severity="critical", category="noise")
    office.submit("not severe enough", severity="medium", category="noise")
    office.submit("of another category", severity="high")
    over = office.submit("over already", severity="high", category="safety")
    office.change(over.id, Status.RESOLVED)
    assert wake_muted_once(database) == 0
    # When the hour is over
    office.set_chat(chat.id, muted_until=utcnow() - timedelta(seconds=1))
    assert wake_muted_once(database) == 1
    assert wake_muted_once(database) == 0
    dispatch_due(dispatcher)
    # Then
    assert office.chat(chat.id).state == "active"
    assert "The mute is over" in last(telegram, ada)
    assert "settings: 1. /open" in last(telegram, ada)
    complaint = office.submit("again", severity="high", category="noise")
    dispatch_due(dispatcher)
    assert complaint.reference in last(telegram, ada)


def test_a_chat_whose_account_was_closed_does_not_wake_up(database, office, chat):
    with database.write() as session:
        session.get_one(type(office.chat(chat.id).operator), chat.operator_id).active = False
    office.set_chat(chat.id, state="muted", muted_until=utcnow() - timedelta(seconds=1))
    assert wake_muted_once(database) == 0
    assert office.alerts() == []


def test_messages_of_a_muted_chat_still_follow(office, chat, ada, telegram, handle, dispatcher):
    complaint = office.submit()
    dispatch_due(dispatcher)
    telegram.say(ada, "/mute")
    handle()
    office.acknowledge(complaint.id)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    assert any("Acknowledged by" in message["text"] for message in telegram.messages(ada))
