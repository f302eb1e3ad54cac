"""Quiet hours: critical alerts pass, the rest comes as a digest afterwards."""

from datetime import timedelta

import pytest

from complaints.alerts.queue.quiet_hours import release_held
from complaints.chats.linking import ChatAddress, link_chat, offer_link
from complaints.clock import utcnow
from complaints.models import Chat
from workers.dispatch import dispatch_due


def hours_around_now(**more) -> dict:
    start, end = utcnow() - timedelta(hours=1), utcnow() + timedelta(hours=1)
    return {"quiet_hours": {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", **more}}


@pytest.fixture
def quiet(office, chat):
    """Ada's chat in its quiet hours."""
    office.prefer(chat.id, **hours_around_now())
    return chat


def test_what_is_not_critical_waits_for_the_end(office, quiet, ada, telegram, dispatcher):
    office.submit("can wait", severity="high")
    dispatch_due(dispatcher)
    assert telegram.messages(ada) == []
    alert = office.alert()
    assert (alert.state, alert.held) == ("pending", True)
    assert timedelta(minutes=58) < alert.next_attempt_at - utcnow() < timedelta(minutes=61)


def test_a_critical_alert_passes_unless_that_is_switched_off(office, quiet, ada, telegram, dispatcher):
    office.submit("can't wait", severity="critical")
    dispatch_due(dispatcher)
    assert len(telegram.messages(ada)) == 1
    office.prefer(quiet.id, **hours_around_now(critical_passes=False))
    office.submit("must wait, too", severity="critical")
    dispatch_due(dispatcher)
    assert len(telegram.messages(ada)) == 1


def test_what_came_meanwhile_arrives_as_a_digest_afterwards(office, quiet, ada, telegram, dispatcher):
    # Given three complaints of the night
    for number in range(3):
        office.submit(f"of the night {number}")
    dispatch_due(dispatcher)
    # When the quiet hours are over
    office.prefer(quiet.id)
    office.let_time_pass(3600)
    dispatch_due(dispatcher)
    # Then
    (message,) = telegram.messages(ada)
    assert message["text"].startswith("🗂 3 complaints")
    assert [alert.state for alert in office.alerts()].count("merged") == 3


def test_one_alert_of_the_night_arrives_as_itself(office, quiet, ada, telegram, dispatcher):
    complaint = office.submit("the only one")
    dispatch_due(dispatcher)
    office.prefer(quiet.id)
    office.let_time_pass(3600)
    dispatch_due(dispatcher)
    (message,) = telegram.messages(ada)
    assert complaint.reference in message["text"]
    assert message["reply_markup"]["inline_keyboard"]


def test_a_digest_that_is_due_in_quiet_hours_waits_too(office, chat, ada, telegram, dispatcher):
    # Given alerts that a long outage has kept, and so a digest
    for number in range(3):
        office.submit(f"old {number}")
    for alert in office.alerts():
        office.set_alert(alert.id, created_at=utcnow() - timedelta(hours=2))
    office.prefer(chat.id, **hours_around_now())
    # When
    dispatch_due(dispatcher)
    # Then
    assert telegram.messages(ada) == []
    office.prefer(chat.id)
    office.let_time_pass(3600)
    dispatch_due(dispatcher)
    assert len(telegram.messages(ada)) == 1


def test_answers_to_who_speaks_to_the_bot_are_not_held(office, quiet, ada, telegram, handle):
    telegram.say(ada, "/help")
    handle()
    assert len(telegram.messages(ada)) == 2


def test_other_quiet_hours_let_what_was_held_be_looked_at_again(
    office, quiet, ada, telegram, dispatcher, database
):
    office.submit("held")
    dispatch_due(dispatcher)
    office.prefer(quiet.id)
    with database.write() as session:
        release_held(session, session.get_one(Chat, quiet.id), now=utcnow())
    dispatch_due(dispatcher)
    assert len(telegram.messages(ada)) == 1


def test_alerts_of_low_severity_make_no_sound_where_that_is_wished(office, chat, ada, telegram, dispatcher):
    office.prefer(chat.id, silent_low=True)
    office.submit("quiet", severity="low")
    office.submit("loud", severity="medium")
    dispatch_due(dispatcher)
    silent = {
        call.payload["text"].splitlines()[-1]: bool(call.payload.get("disable_notification"))
        for call in telegram.calls("sendMessage")
    }
    assert silent == {"quiet": True, "loud": False}


def test_who_takes_a_chat_over_takes_over_no_quiet_hours(office, quiet, ada, telegram, dispatcher, database):
    # Given
    office.submit("held")
    dispatch_due(dispatcher)
    ben = office.hire("Ben")
    with database.write() as session:
        token = offer_link(session, ben, api_url="x", username=None, now=utcnow()).token
    # When
    with database.write() as session:
        assert link_chat(session, token, ChatAddress(ada, "private", "Ada"), now=utcnow()) is not None
    dispatch_due(dispatcher)
    # Then
    assert len(telegram.messages(ada)) == 1
