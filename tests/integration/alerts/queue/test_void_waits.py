"""Leases, rests, waits and tokens that a clock wrote which was ahead: none is believed."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.accounts.single_use_tokens import KINDS, make_token, require_good
from complaints.alert_words import ReasonCode
from complaints.alerts.queue.void_waits import void_waits_once
from complaints.alerts.triggers.reminders import void_reminders_once
from complaints.chats.linking import ChatAddress, link_chat, offer_link
from complaints.chats.muting import LONGEST, mute, wake_muted_once
from complaints.clock import utcnow
from complaints.errors import Invalid
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.ids import new_id
from complaints.models import Chat, Complaint, Operator
from complaints.telegram.bot_lease import hold_bot_lease
from complaints.upkeep.sweep import sweep_once
from complaints.verbs import submit
from complaints.words import ACK_WITHIN, Severity
from tests.integration.alerts.queue.claiming import take

AHEAD = timedelta(hours=1)


@pytest.fixture
def chat(office):
    """A chat of nobody's phone."""
    return office.link(office.hire("Ada"), 7)


@pytest.mark.parametrize("token", [None, new_id()])
def test_a_chat_whose_lease_or_rest_lies_too_far_ahead_is_claimed(database, office, chat, token):
    office.submit()
    office.set_chat(chat.id, lease_expires_at=utcnow() + AHEAD, lease_token=token)
    assert [job.chat_id for job in take(database)] == [chat.id]


@pytest.mark.parametrize("token", [None, new_id()])
def test_a_lease_of_a_host_whose_clock_is_a_little_ahead_holds(database, office, chat, token):
    office.submit()
    office.set_chat(chat.id, lease_expires_at=utcnow() + timedelta(seconds=45), lease_token=token)
    assert take(database) == []


@pytest.mark.parametrize(
    ("wait", "columns", "believed"),
    [
        (timedelta(minutes=5), {}, True),
        (timedelta(minutes=10), {}, False),
        (timedelta(minutes=10), {"reason": "no connection"}, False),
        (timedelta(minutes=15), {"reason_code": ReasonCode.ON_HOLD}, True),
        (timedelta(minutes=30), {"reason_code": ReasonCode.ON_HOLD}, False),
        (timedelta(hours=1), {"kind": "digest", "complaint_id": None}, True),
        (timedelta(hours=2), {"kind": "digest", "complaint_id": None}, False),
        (timedelta(hours=25), {"held": True}, True),
        (timedelta(hours=30), {"held": True}, False),
        (timedelta(days=9), {"held": True}, False),
    ],
)
def test_an_alert_waits_no_longer_than_its_like_may(
    database, office, chat, wait: timedelta, columns: dict[str, Any], believed: bool
):
    office.submit()
    due = utcnow() + wait
    office.set_alert(office.alert().id, next_attempt_at=due, **columns)
    assert void_waits_once(database) == (0 if believed else 1)
    assert (office.alert().next_attempt_at == due) is believed
    assert void_waits_once(database) == 0


def test_an_edit_waits_no_longer_than_a_hold_may(database, office, chat):
    office.submit()
    office.set_alert(office.alert().id, state="sent", next_attempt_at=None, edit_due_at=utcnow() + AHEAD)
    sweep_once(database)
    assert office.alert().edit_due_at <= utcnow()


def test_a_bot_lease_too_far_ahead_is_taken_over(database):
    now = utcnow()
    with database.write() as session:
        assert hold_bot_lease(session, "the first", now=now + AHEAD)
        assert hold_bot_lease(session, "the second", now=now)
        assert not hold_bot_lease(session, "the third", now=now)


@pytest.mark.parametrize(("ahead", "is_good"), [(timedelta(seconds=20), True), (AHEAD, False)])
def test_a_link_token_that_would_live_too_long_links_nothing(database, office, ahead, is_good):
    ada, now = office.hire("Ada"), utcnow()
    with database.write() as session:
        owner = session.get_one(Operator, ada.id)
        offer = offer_link(session, owner, api_url="https://api.telegram.org", username=None, now=now + ahead)
        linked = link_chat(session, offer.token, ChatAddress(7, "private", "Ada"), now=now)
    assert (linked is not None) is is_good


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_would_live_too_long_is_not_good(database, office, kind):
    ada, now = office.hire("Ada"), utcnow()
    with database.write() as session:
        shown = make_token(session, kind, session.get_one(Operator, ada.id), now=now + AHEAD)
        with pytest.raises(Invalid):
            require_good(session, kind, shown.token, now=now)


def test_a_mute_that_would_last_too_long_is_over(database, office, chat):
    now = utcnow()
    for until, woken in ((now + LONGEST, 0), (now + LONGEST + AHEAD, 1)):
        with database.write() as session:
            mute(session, session.get_one(Chat, chat.id), until=until, now=now)
        assert wake_muted_once(database) == woken


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), AHEAD, timedelta(days=365)])
def test_a_complaint_that_came_too_early_is_reminded_of_in_time(database, ahead):
    with database.write() as session:
        form = NewComplaint(description="x", severity="critical")
        complaint = submit(session, form, actor=ANONYMOUS, now=utcnow() + ahead)
    assert void_reminders_once(database) == 1
    with database.read() as session:
        due = session.get_one(Complaint, complaint.id).remind_at
    assert due <= utcnow() + ACK_WITHIN[Severity.CRITICAL]
    assert void_reminders_once(database) == 0


def test_the_database_s_clock_is_told_whatever_a_host_s_says(database, monkeypatch):
    before = utcnow()
    if not database.is_sqlite:  # which all processes use on one host
        monkeypatch.setattr("complaints.db.utcnow", lambda: before + AHEAD)
    assert before - timedelta(seconds=1) < database.now() < before + AHEAD
