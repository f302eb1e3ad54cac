"""Signals of alerts: told after the commit, and never in the way of delivery."""

import json
import socket
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from redis import RedisError
from sqlalchemy import select

from complaints.alert_words import AlertState, Reason
from complaints.alerts.queue.prepare import take_jobs
from complaints.alerts.state.alert_signals import ALERTS_CHANNEL, AlertSignals, decode_changes
from complaints.alerts.state.alert_state import NOTED_MAXIMUM, end, take_noted
from complaints.chats.muting import mute
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import Alert, Chat
from complaints.redis_client import connect
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace
from tools.stack import eventually
from workers.dispatch import dispatch_due

TELEGRAMS = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))


@pytest.fixture
def silent_redis():
    """A client of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = connect(f"redis://127.0.0.1:{server.getsockname()[1]}/0", answer_timeout=0.3)
        yield client
        client.close()


@pytest.fixture
def signals(request, redis):
    """Signals by the real Redis, or by one that hangs."""
    client = request.getfixturevalue("silent_redis") if hasattr(request, "param") else redis
    made = AlertSignals(client)
    yield made
    made.close()


@pytest.fixture
def database(database_url, signals):
    """A database whose commits are told, as in a worker process."""
    opened = Database(database_url, committed=signals.tell)
    yield opened
    opened.close()


@pytest.fixture
def told(redis):
    """Return the changes that have been told when there are so many."""
    channel = redis.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(ALERTS_CHANNEL)
    channel.get_message(timeout=5)
    changes = []

    def look(count):
        message = channel.get_message(timeout=0.05)
        changes.extend(decode_changes(message["data"].decode()) if message else [])
        return changes if len(changes) >= count else None

    yield lambda count: eventually(lambda: look(count))
    channel.close()


def test_an_alert_on_its_way_is_told_state_by_state(office, chat, dispatcher, told):
    # Given
    complaint = office.submit(severity="critical")
    # When
    dispatch_due(dispatcher)
    # Then
    alert = office.alert()
    about = (str(complaint.id), str(alert.id))
    assert told(2) == [(*about, "sending"), (*about, "sent")]


def mute_in_vain(database, chat_id):
    with database.write() as session:
        mute(session, session.get_one(Chat, chat_id), until=None, now=utcnow())
        raise RuntimeError("thought better of it")


def test_what_is_rolled_back_is_not_told(office, chat, database, dispatcher, told):
    # Given
    office.submit()
    office.submit()
    first, second = office.alerts()
    # When
    with pytest.raises(RuntimeError):
        mute_in_vain(database, chat.id)
    assert [alert.state for alert in office.alerts()] == ["pending"] * 2
    office.acknowledge(second.complaint_id)
    dispatch_due(dispatcher)
    # Then
    states = [(alert, state) for _, alert, state in told(3)]
    assert [state for alert, state in states if alert == str(first.id)] == ["sending", "sent"]
    assert [state for alert, state in states if alert == str(second.id)] == ["skipped"]


def test_what_a_digest_stands_for_is_told_as_merged_and_the_digest_itself_is_not(
    office, chat, database, told
):
    # Given
    for number in range(13):
        office.submit(f"number {number}", severity="low")
    # When
    take_jobs(database, limit=10, pace=TELEGRAMS, now=utcnow() + timedelta(seconds=1))
    # Then
    merged = {str(alert.id) for alert in office.alerts(chat) if alert.state == "merged"}
    assert len(merged) == 3
    assert {(alert, state) for _, alert, state in told(3)} == {(alert, "merged") for alert in merged}
    with database.write() as session:
        (digest,) = session.scalars(select(Alert).where(Alert.kind == "digest"))
        end(digest, AlertState.FAILED, Reason("no reason"))
        assert take_noted(session) == []


def test_a_transaction_that_changes_very_many_tells_of_some(database, office, chat):
    # Given
    office.submit()
    alert = office.alert()
    with database.write() as session:
        copies = {name: getattr(alert, name) for name in ("chat_id", "complaint_id", "kind", "priority")}
        times = {"created_at": utcnow(), "next_attempt_at": utcnow()}
        for number in range(NOTED_MAXIMUM + 50):
            row = Alert(**copies, **times, dedupe_key=f"copy {number}", state="pending", attempts=0)
            session.add(row)
        session.flush()
        # When
        skipped = mute(session, session.get_one(Chat, chat.id), until=None, now=utcnow())
        noted = len(session.info["changed_alerts"])
    # Then
    assert skipped == NOTED_MAXIMUM + 51
    assert noted == NOTED_MAXIMUM


@pytest.mark.parametrize("signals", ["hangs"], indirect=True)
def test_a_redis_that_hangs_delays_no_delivery(office, chat, ada, telegram, dispatcher, signals):
    # Given
    for number in range(5):
        office.submit(f"number {number}", severity="critical")
    # When
    dispatch_due(dispatcher)
    # Then
    assert [alert.state for alert in office.alerts()] == ["sent"] * 5
    assert eventually(lambda: signals.failures)


class FakeRedis:
    """Loses the first message, after a while; keeps the others."""

    def __init__(self, fault):
        self.fault = fault
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.published = []

    def publish(self, channel, text):
        if not self.go_on.is_set():
            self.asked.set()
            self.go_on.wait(5)
            raise self.fault
        self.published += decode_changes(text)


def session_with(*changes):
    return SimpleNamespace(info={"changed_alerts": {change[1]: change for change in changes}})


@pytest.mark.parametrize("fault", [RedisError("away"), RuntimeError("a fault of ours")], ids=str)
def test_what_redis_does_not_take_is_forgotten_and_what_comes_after_is_told(fault):
    # Given
    redis = FakeRedis(fault)
    signals = AlertSignals(redis)
    signals.tell(session_with(("c", "a1", "sent")))
    assert redis.asked.wait(5)
    # When
    signals.tell(session_with(("c", "a2", "sent")))
    redis.go_on.set()
    eventually(lambda: signals.failures)
    signals.tell(session_with(("c", "a3", "sent"), ("c", "a4", "failed")))
    signals.close()
    # Then
    assert redis.published == [("c", "a3", "sent"), ("c", "a4", "failed")]
    assert signals.failures == 1


@pytest.mark.parametrize("text", ["", "{", "1", "null", "[1]", '["ab"]', '[["a", "b"]]', '{"a": 1}'])
def test_nonsense_on_the_channel_is_refused(text):
    with pytest.raises(ValueError, match="not changes"):
        decode_changes(text)


def test_changes_survive_the_way_through_the_channel(redis, told, signals):
    redis.publish(ALERTS_CHANNEL, json.dumps([["c", "a", "sent"]]))
    assert told(1) == [("c", "a", "sent")]
