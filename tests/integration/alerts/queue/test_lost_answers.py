"""What is known afterwards where a sender vanished or an answer was lost."""

from datetime import timedelta

import pytest

from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import Sent, Unknown
from complaints.alerts.outcome.retry_by_hand import retry
from complaints.alerts.queue.leases import release
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.clock import utcnow
from complaints.models import Alert
from tests.integration.alerts.queue.claiming import LATER, mark, record, take


@pytest.fixture
def chat(office):
    """A chat of nobody's phone: what is sent is marked and recorded by hand."""
    return office.link(office.hire("Ada"), 7)


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
            release(session, job.chat_id, job.lease, now=utcnow())
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
