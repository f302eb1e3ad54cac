"""Leases: one sender a chat, whoever crashes, and what is known afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from complaints.alerts.messages.repeats import owe_repeat
from complaints.alerts.outcome.outcomes import NotSent, Sent
from complaints.alerts.queue.leases import release
from complaints.chats.muting import mute
from complaints.clock import utcnow
from complaints.db import wait_briefly_for_locks
from complaints.models import Alert, Chat, Operator
from complaints.queries.finding import find_locked
from tests.integration.alerts.queue.claiming import LATER, mark, record, take
from workers.telegram.send.send_runner import SendRunner


@pytest.fixture
def chat(office):
    """A chat of nobody's phone: what is sent is marked and recorded by hand."""
    return office.link(office.hire("Ada"), 7)


def test_two_claimers_never_get_the_same_chat(database, office, chat):
    office.submit()
    office.submit()
    assert len(take(database)) == 1
    assert take(database) == []


def test_many_claimers_at_once_share_the_chats_without_a_double(database, office):
    # Given
    ada = office.hire("Ada")
    chats = {office.link(ada, number).id for number in range(1, 31)}
    office.submit()
    # When four workers claim at the same time until nothing is left
    with ThreadPoolExecutor(4) as workers:
        rounds = [workers.submit(take, database, limit=3) for _ in range(20)]
        claimed = [job.chat_id for done in rounds for job in done.result()]
    claimed += [job.chat_id for job in take(database, limit=30)]
    # Then
    assert len(claimed) == len(set(claimed)) == 30
    assert set(claimed) == chats


def test_the_most_urgent_chats_are_claimed_first(database, office, chat):
    office.submit(severity="low")
    other = office.link(office.hire("Ben", sites=["North"]), 8)
    office.submit(severity="critical", site="North")
    office.set_alert(office.alerts(chat)[-1].id, state="skipped")
    (first,) = take(database, limit=1)
    assert (first.chat_id, first.priority) == (other.id, 0)


def test_a_chat_that_rests_is_not_claimed_before_its_time(database, office, chat):
    office.submit()
    (job,) = take(database)
    with database.write() as session:
        assert release(session, job.chat_id, job.lease, rest=timedelta(seconds=5), now=utcnow())
    assert take(database) == []
    assert len(take(database, now=utcnow() + timedelta(seconds=6))) == 1


def test_who_lost_the_lease_sends_nothing(database, office, chat):
    # Given a job whose sender slept too long, so that another one claimed the chat
    office.submit()
    (slow,) = take(database)
    (fresh,) = take(database, now=utcnow() + LATER)
    # When both want to send
    too_late = mark(database, slow)
    in_time = mark(database, fresh)
    # Then only the holder may
    assert too_late is None
    assert in_time is not None
    assert len(office.attempts()) == 1


def test_a_lease_that_ran_out_before_sending_leaves_the_alert_pending(database, office, chat):
    office.submit()
    take(database)
    (again,) = take(database, now=utcnow() + LATER)
    assert again.alert_id == office.alert().id
    assert office.alert().state == "pending"


def test_an_alert_for_what_the_operator_may_no_longer_see_is_skipped(database, office):
    operator = office.hire("Ben", sites=["North"])
    office.link(operator, 8)
    office.submit(site="North")
    with database.write() as session:
        session.merge(operator).sites = ["South"]
    assert take(database) == []
    assert (office.alert().state, office.alert().reason) == (
        "skipped",
        "the operator may not see this site",
    )


def test_an_alert_of_a_closed_account_is_skipped(database, office, chat):
    office.submit()
    with database.write() as session:
        session.merge(chat).operator.active = False
    assert take(database) == []
    assert office.alert().state == "skipped"


def test_a_lease_is_given_back_where_the_alert_was_settled_before_its_mark(
    database, office, telegram, dispatcher, ada
):
    # Given an alert that is skipped between the claim and the mark
    chat = office.link(office.hire("Ben"), ada)
    office.submit("skipped meanwhile")
    (job,) = take(database)
    with database.write() as session:
        mute(session, session.get_one(Chat, chat.id), until=None, now=utcnow())
    # When
    sending = SendRunner(dispatcher._client, database, job, lambda: None)
    assert dispatcher._client.submit(sending.run()).result() is None
    # Then the chat is free, and nothing was sent
    assert office.chat(chat.id).lease_token is None
    assert telegram.calls("sendMessage") == []


@pytest.mark.parametrize("state", ["left", "muted"])
def test_what_a_chat_is_owed_that_does_not_want_it_is_skipped_visibly(database, office, chat, state):
    office.submit()
    office.set_chat(chat.id, state=state)
    assert take(database) == []
    assert (office.alert().state, office.alert().reason) == ("skipped", f"the chat is {state}")


def test_an_escalation_does_not_reach_who_is_no_admin_any_more(database, office):
    # Given
    eve = office.hire("Eve", role="admin")
    chat = office.link(eve, 7)
    office.submit()
    office.set_alert(office.alert().id, kind="escalation")
    # When
    with database.write() as session:
        session.get_one(Operator, eve.id).role = "viewer"
    # Then
    assert take(database) == []
    assert office.alerts(chat)[0].reason == "the operator is no admin any more"


def test_an_outage_of_days_uses_up_nobodys_day(database, office, chat):
    # Given an alert that has waited for two days without a try
    office.submit(severity="critical")
    office.set_alert(office.alert().id, created_at=utcnow() - timedelta(days=2))
    # When its first try finds no connection
    record(database, mark(database, take(database)[0]), NotSent("refused"))
    # Then
    assert office.alert().state == "pending"


def test_a_low_alert_waits_ten_seconds_for_old_edits_and_no_longer(database, office, chat):
    # Given a message that has been outdated for minutes
    complaint = office.submit()
    record(database, mark(database, take(database)[0]), Sent(5))
    office.acknowledge(complaint.id)
    office.let_time_pass(120)
    office.submit(severity="low")

    # When
    def first(seconds: float) -> bool:
        office.set_chat(chat.id, lease_token=None, lease_expires_at=None)
        (job,) = take(database, now=utcnow() + timedelta(seconds=seconds))
        return job.edits is not None

    # Then
    assert first(1)
    assert not first(11)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # where two can write at once
def test_routing_can_refer_to_a_complaint_that_somebody_is_changing(database, office, chat):
    # Given a complaint that a press has locked
    complaint = office.submit()
    with database.write() as pressing:
        locked = find_locked(pressing, complaint.reference, sites=None)
        # When another transaction owes an alert about it, and waits for no lock longer than a second
        with database.write() as routing:
            wait_briefly_for_locks(routing)
            owed = owe_repeat(routing, routing.get_one(Alert, office.alert().id), now=utcnow())
    # Then neither waits for the other
    assert (owed, locked.id) == (True, complaint.id)
