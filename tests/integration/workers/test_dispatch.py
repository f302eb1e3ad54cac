"""Alerts on their way to Telegram's server, and what is recorded of it."""

import threading
import time
from itertools import pairwise

import pytest
from sqlalchemy.exc import OperationalError

from complaints.alerts.queue import prepare as jobs
from complaints.clock import utcnow
from workers.dispatch import dispatch_due
from workers.telegram.send import send_runner as sending

WORD_JOINER = "\u2060"


def test_a_complaint_reaches_the_linked_chat(office, chat, ada, telegram, dispatcher):
    # Given a linked chat and a complaint
    complaint = office.submit(description="Water <b>everywhere</b> & rising", severity="critical")
    # When what is due is delivered
    settled = dispatch_due(dispatcher)
    # Then the phone shows it, escaped, with its buttons, and the row says so
    (message,) = telegram.messages(ada)
    assert settled == 1
    assert complaint.reference in message["text"]
    assert "Water <b>everywhere</b> & rising" in message["text"].replace(
        WORD_JOINER, ""
    )  # </b> is no command
    alert = office.alert()
    assert (alert.state, alert.message_id, alert.attempts) == ("sent", message["message_id"], 1)
    assert [attempt.outcome for attempt in office.attempts()] == ["sent"]
    assert office.chat(chat.id).lease_token is None


def test_nothing_due_is_nothing_done(office, chat, dispatcher, telegram):
    assert dispatch_due(dispatcher) == 0
    assert telegram.calls() == []


def test_many_chats_are_served_at_once_and_each_in_order(office, dispatcher, telegram):
    # Given ten people, and a server that takes its time
    people = [telegram.add_user(f"P{number}", started=True).id for number in range(10)]
    for person in people:
        office.link(office.hire(f"P{person}"), person)
    telegram.fault("latency", latency=(300, 300))
    low = office.submit("low one", severity="low")
    critical = office.submit("critical one", severity="critical")
    # When
    settled = dispatch_due(dispatcher)
    # Then requests to several were under way at once, and the urgent one came first to everybody
    assert settled == 20
    calls = telegram.calls("sendMessage")
    assert any(later.arrived < call.answered for call, later in pairwise(calls))
    for person in people:
        first, second = telegram.messages(person)
        assert critical.reference in first["text"]
        assert low.reference in second["text"]


def test_an_acknowledged_complaint_alerts_nobody_any_more(office, chat, ada, dispatcher, telegram):
    complaint = office.submit()
    office.acknowledge(complaint.id)
    dispatch_due(dispatcher)
    assert telegram.messages(ada) == []
    assert office.alert().state == "skipped"
    assert office.alert().reason == "the complaint was acknowledged before the alert could be sent"


def test_a_poke_reaches_a_delivery_that_is_busy(office, chat, ada, dispatcher, telegram):
    # Given a delivery that waits for a slow answer
    telegram.fault("latency", latency=(4000, 4000), count=1)
    office.submit("first")
    ben = telegram.add_user("Ben", started=True).id
    counts: list[int] = []
    busy = threading.Thread(target=lambda: counts.append(dispatch_due(dispatcher)))
    busy.start()
    telegram.wait_for(lambda: office.alert().state in ("sending", "sent"))
    # When something else comes due and a poke says so
    office.link(office.hire("Ben"), ben)
    office.submit("second")
    woke = dispatch_due(dispatcher)
    busy.join(60)
    # Then the poke returned without work, and the busy one did it, not only after the slow answer
    assert woke == 0
    assert counts == [3]
    calls = telegram.calls("sendMessage")
    slow, bens = (next(call for call in calls if call.chat_id == chat_id) for chat_id in (ada, ben))
    assert bens.arrived < slow.answered


def test_an_alert_that_can_not_be_written_fails_and_lets_the_others_pass(
    office, chat, ada, dispatcher, telegram
):
    # Given an urgent alert whose complaint has a severity that nothing knows how to show
    broken = office.submit("broken", severity="critical")
    fine = office.submit("fine")
    office.set_complaint(broken.id, severity="unheard-of")
    # When
    dispatch_due(dispatcher)
    # Then
    (message,) = telegram.messages(ada)
    assert fine.reference in message["text"]
    assert [alert.state for alert in office.alerts()] == ["failed", "sent"]
    assert "could not be written" in (office.alerts()[0].reason or "")


def test_a_flushed_redis_begins_its_second_of_silence_before_anything_is_due(dispatcher, redis):
    redis.flushdb()
    dispatch_due(dispatcher)
    born = int(redis.get("redress:limiter:born"))
    assert born == pytest.approx(time.time() * 1_000_000, abs=5_000_000)
    dispatch_due(dispatcher)
    assert int(redis.get("redress:limiter:born")) == born


def test_a_database_that_fails_at_the_mark_costs_a_second_and_not_a_lease(
    office, chat, ada, dispatcher, telegram, monkeypatch
):
    # Given a database that goes away once, right before a request
    failures = [OperationalError("UPDATE", {}, Exception("the server closed the connection"))]
    mark_sending = sending.mark_sending

    def fail_once(session, job, *, now):
        if failures:
            raise failures.pop()
        return mark_sending(session, job, now=now)

    monkeypatch.setattr(sending, "mark_sending", fail_once)
    office.submit()
    # When
    dispatch_due(dispatcher)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    # Then
    assert len(telegram.messages(ada)) == 1
    assert office.alert().attempts == 1


def test_a_chat_whose_job_can_not_be_made_stops_no_other(
    office, chat, ada, dispatcher, telegram, monkeypatch
):
    # Given two chats, and a fault in what one of them is owed
    ben = telegram.add_user("Ben", started=True).id
    broken = office.link(office.hire("Ben"), ben)
    merge_overflow = jobs.merge_overflow

    def fail_for_ben(session, chat, *rest, **more):
        if chat.id == broken.id:
            raise ArithmeticError("no such number")
        return merge_overflow(session, chat, *rest, **more)

    monkeypatch.setattr(jobs, "merge_overflow", fail_for_ben)
    office.submit()
    # When
    dispatch_due(dispatcher)
    # Then the other one has its alert, and this one rests
    assert len(telegram.messages(ada)) == 1
    assert office.chat(broken.id).lease_token is None
    assert office.chat(broken.id).lease_expires_at > utcnow()
