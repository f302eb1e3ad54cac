"""Leases: one sender a chat, whoever crashes, and what is known afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from complaints.alerts.messages.repeats import owe_repeat
from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import NotSent, Sent, Unknown
from complaints.alerts.outcome.retry_by_hand import retry
from complaints.alerts.queue.leases import release
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.alerts.queue.prepare import take_jobs
from complaints.chats.muting import mute
from complaints.clock import utcnow
from complaints.db import wait_briefly_for_locks
from complaints.models import Alert, Chat, Operator
from complaints.queries.finding import find_locked
from complaints.settings import Rate
from complaints.telegram.limiter import Pace
from workers.telegram.send.send_runner import SendRunner

LATER = timedelta(seconds=31)
PACE = Pace.within(Rate(30, 1), Rate(20, 1), Rate(20, 60))


@pytest.fixture
def chat(office):
    return office.link(office.hire("Ada"), 7)


def take(database, **values):
    return take_jobs(database, **{"limit": 10, "pace": PACE, "now": utcnow(), **values})


def mark(database, job, now=None):
    with database.write() as session:
        return mark_sending(session, job, now=now or utcnow())


def record(database, attempt, outcome):
    with database.write() as session:
        return settle(session, attempt, outcome, now=utcnow())


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
        assert release(session, job.chat_id, job.lease, until=utcnow() + timedelta(seconds=5))
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


def test_a_sender_that_vanished_while_sending_leaves_an_unknown(database, office, chat):
    # Given a sender that is killed between the mark and the record
    complaint = office.submit()
    (job,) = take(database)
    mark(database, job)
    # When its lease has run out
    take(database, now=utcnow() + LATER)
    # Then nobody knows, and the chat will be told within the minute
    alert, notice = office.alerts()
    assert alert.state == "unknown"
    assert office.attempts()[0].outcome == "unknown"
    assert notice.next_attempt_at is not None
    assert notice.next_attempt_at - utcnow() < timedelta(seconds=45)
    (listing,) = take(database, now=utcnow() + 2 * LATER)
    assert listing.missed == (complaint.reference,)


def test_a_critical_alert_of_a_vanished_sender_is_sent_once_more_at_once(database, office, chat):
    office.submit(severity="critical")
    (job,) = take(database)
    mark(database, job)
    (again,) = take(database, now=utcnow() + LATER)
    assert again.repeat
    assert again.alert_id != job.alert_id


def test_a_repeat_whose_answer_is_lost_too_is_listed_and_not_repeated_again(database, office, chat):
    office.submit(severity="critical")
    (job,) = take(database)
    mark(database, job)
    (again,) = take(database, now=utcnow() + LATER)
    attempt = mark(database, again, now=utcnow() + LATER)
    record(database, attempt, Unknown("lost"))
    assert [alert.kind for alert in office.alerts()] == ["new", "new", "notice"]


def test_a_late_answer_turns_an_unknown_into_sent_and_takes_the_doubt_back(database, office, chat):
    # Given an alert that became unknown, with a repeat waiting
    office.submit(severity="critical")
    (job,) = take(database)
    attempt = mark(database, job)
    take(database, now=utcnow() + LATER)
    # When the first sender was only slow and records its answer after all
    state = record(database, attempt, Sent(42))
    # Then
    first, repeat = office.alerts()
    assert state == "sent"
    assert (first.state, first.message_id) == ("sent", 42)
    assert (repeat.state, repeat.reason) == ("skipped", "the first one did arrive")


def test_a_late_answer_that_says_nothing_new_changes_nothing(database, office, chat):
    office.submit()
    (job,) = take(database)
    attempt = mark(database, job)
    take(database, now=utcnow() + LATER)
    assert record(database, attempt, Unknown("read time-out")) == "unknown"
    assert [alert.kind for alert in office.alerts()] == ["new", "notice"]


def test_several_unknowns_of_a_chat_share_one_list(database, office, chat):
    office.submit()
    office.submit()
    for _ in range(2):
        (job,) = take(database)
        attempt = mark(database, job)
        with database.write() as session:
            release(session, job.chat_id, job.lease, until=None)
            settle(session, attempt, Unknown("lost"), now=utcnow())
    assert [alert.kind for alert in office.alerts()] == ["new", "new", "notice"]
    (listing,) = take(database, now=utcnow() + LATER)
    assert len(listing.missed) == 2


def test_a_lost_list_is_made_again_but_not_for_ever(database, office, chat):
    office.submit()
    (job,) = take(database)
    record(database, mark(database, job), Unknown("lost"))
    moment = utcnow()
    for _ in range(5):
        moment += LATER
        for listing in take(database, now=moment):
            with database.write() as session:
                attempt = mark_sending(session, listing, now=moment)
            record(database, attempt, Unknown("lost"))
    assert [alert.kind for alert in office.alerts()].count("notice") == 3


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


def test_a_critical_alert_whose_answers_are_lost_again_and_again_is_listed(database, office, chat):
    # Given a lost answer, and the alert sent again by hand
    office.submit(severity="critical")
    record(database, mark(database, take(database)[0]), Unknown("lost"))
    with database.write() as session:
        retry(session, session.get_one(Alert, office.alerts()[0].id), now=utcnow())
    office.set_chat(chat.id, lease_token=None, lease_expires_at=None)
    # When that one's answer is lost, too
    record(database, mark(database, take(database)[0]), Unknown("lost again"))
    # Then
    first, repeat, listing = office.alerts()
    assert (first.state, repeat.state) == ("unknown", "skipped")
    assert first.digest_id == listing.id


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
