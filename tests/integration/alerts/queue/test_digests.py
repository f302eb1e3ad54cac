"""Digests: what a chat can't take in time becomes one message; nothing is lost by it."""

from datetime import timedelta

import pytest

from complaints.alerts.queue.prepare import take_jobs
from complaints.clock import utcnow
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace
from workers.dispatch import dispatch_due

TELEGRAMS = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))


def take(database, *, seconds: float = 0, pace: Pace = TELEGRAMS):
    return take_jobs(database, limit=10, pace=pace, now=utcnow() + timedelta(seconds=seconds))


def states(office, chat) -> list[str]:
    return [alert.state for alert in office.alerts(chat) if alert.kind != "digest"]


def the_digest(office, chat):
    (digest,) = [alert for alert in office.alerts(chat) if alert.kind == "digest"]
    return digest


def flood(office, count: int, **fields) -> None:
    for number in range(count):
        office.submit(f"number {number}", **fields)


def test_what_a_chat_can_take_within_its_patience_stays_single(database, office, chat):
    # Given ten seconds of patience at a message a second
    flood(office, 10)
    # When
    take(database)
    # Then
    assert states(office, chat) == ["pending"] * 10


def test_the_rest_of_a_queue_that_is_too_long_points_to_one_digest(database, office, chat):
    # Given
    flood(office, 8, severity="low")
    flood(office, 7, severity="high")
    # When
    take(database)
    # Then the most urgent stay single, and the rest is one digest, due when those have gone
    alerts = [alert for alert in office.alerts(chat) if alert.kind != "digest"]
    assert [alert.state for alert in alerts if alert.priority == 1] == ["pending"] * 7
    assert [alert.state for alert in alerts if alert.priority == 3] == ["pending"] * 3 + ["merged"] * 5
    digest = the_digest(office, chat)
    assert {alert.digest_id for alert in alerts if alert.state == "merged"} == {digest.id}
    wait = (digest.next_attempt_at - digest.created_at).total_seconds()
    assert wait == pytest.approx(10, abs=0.5)


def test_what_comes_while_a_digest_collects_goes_with_it(database, office, chat):
    flood(office, 13)
    take(database)
    office.let_time_pass(0)
    flood(office, 4)
    office.set_chat(chat.id, lease_expires_at=None)
    take(database)
    assert states(office, chat).count("merged") == 7
    assert the_digest(office, chat).state == "pending"


def test_one_alert_alone_is_never_made_a_digest(database, office, chat):
    flood(office, 11)
    take(database)
    assert states(office, chat) == ["pending"] * 11


def test_critical_alerts_are_never_merged_and_go_first(database, office, chat):
    # Given more critical alerts than the patience has room for
    flood(office, 5, severity="high")
    flood(office, 12, severity="critical")
    # When
    (job,) = take(database)
    # Then
    assert job.priority == 0
    alerts = office.alerts(chat)
    assert [alert.state for alert in alerts if alert.priority == 0] == ["pending"] * 12
    assert states(office, chat).count("merged") == 5


def test_a_group_has_less_room_than_a_person(database, office):
    group = office.link(office.hire("Ada"), -77, kind="group")
    flood(office, 10)
    take(database)
    assert states(office, group).count("pending") == 2  # at one in 3.34 s


def test_many_busy_chats_share_everybodys_window(database, office):
    # Given so many chats that everybody's window has room for one message in five seconds each
    chats = [office.link(office.hire(f"P{number}"), number) for number in range(1, 6)]
    flood(office, 4)
    slow = Pace.within(Rate(1, 1), Rate(1, 1), Rate(20, 60))
    # When
    take(database, pace=slow)
    # Then
    for chat in chats:
        assert states(office, chat).count("pending") == 1


def test_the_patience_is_the_chats_own(database, office, chat):
    office.prefer(chat.id, digest_patience_seconds=3)
    flood(office, 6)
    take(database)
    assert states(office, chat) == ["pending"] * 3 + ["merged"] * 3


def test_a_digest_arrives_says_what_it_stands_for_and_is_accounted_for(
    office, chat, ada, telegram, dispatcher
):
    # Given a patience of a second at twenty messages a second, and a flood
    office.prefer(chat.id, digest_patience_seconds=1)
    flood(office, 12, severity="low", category="noise", site="North")
    flood(office, 25, severity="high", category="safety", site="Süd & Co")
    # When
    dispatch_due(dispatcher)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    # Then
    (digest,) = [m for m in telegram.messages(ada) if "complaints" in m["text"].splitlines()[0]]
    assert the_digest(office, chat).message_id == digest["message_id"]
    assert set(states(office, chat)) == {"sent", "merged"}
    merged = states(office, chat).count("merged")
    lines = digest["text"].splitlines()
    assert lines[0] == f"🗂 {merged} complaints"
    assert lines[3].startswith("🟠 RD-")  # the worst first
    assert f"… and {merged - 10} more" in lines
    assert "By category: noise 12, safety" in digest["text"]
    assert "Süd & Co" in digest["text"]
    assert digest["reply_markup"]["inline_keyboard"][0][0]["url"].startswith(
        "https://redress.example.org/?status=reported&created_after="
    )


def test_after_a_flood_the_chat_gets_single_messages_again(office, chat, ada, telegram, dispatcher):
    office.prefer(chat.id, digest_patience_seconds=1)
    flood(office, 30)
    dispatch_due(dispatcher)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    telegram.clear_calls()
    complaint = office.submit("after the flood")
    dispatch_due(dispatcher)
    (call,) = telegram.calls("sendMessage")
    assert complaint.reference in call.payload["text"]


def test_a_digest_whose_complaints_were_all_acknowledged_is_not_sent(
    database, office, chat, telegram, dispatcher
):
    # Given a digest that waits
    flood(office, 14)
    take(database)
    merged = [alert.complaint_id for alert in office.alerts(chat) if alert.state == "merged"]
    # When somebody acknowledges what it stands for
    for complaint_id in merged:
        office.acknowledge(complaint_id)
    office.let_time_pass(60)
    dispatch_due(dispatcher)
    # Then
    assert the_digest(office, chat).state == "skipped"
    assert "complaints" not in "".join(m["text"].splitlines()[0] for m in telegram.messages(chat.telegram_id))


def test_what_is_too_old_to_be_news_joins_a_digest(database, office, chat):
    # Given alerts that an outage of hours has kept
    flood(office, 3)
    for alert in office.alerts(chat):
        office.set_alert(alert.id, created_at=utcnow() - timedelta(hours=2))
    office.submit("fresh")
    # When
    take(database)
    # Then
    assert states(office, chat) == ["merged"] * 3 + ["pending"]
    assert the_digest(office, chat).next_attempt_at <= utcnow()


def test_a_digest_whose_answer_was_lost_is_listed_and_can_be_sent_again(
    office, chat, ada, telegram, dispatcher, redis
):
    # Given
    flood(office, 3)
    for alert in office.alerts(chat):
        office.set_alert(alert.id, created_at=utcnow() - timedelta(hours=2))
    telegram.fault("reset_after", methods=("sendMessage",), count=1)
    dispatch_due(dispatcher)
    assert the_digest(office, chat).state == "unknown"
    # When
    office.let_everything_rest(redis)
    dispatch_due(dispatcher)
    # Then
    assert "• a digest of 3 alerts" in telegram.messages(ada)[-1]["text"]


def test_topics_of_a_group_share_its_window(database, office):
    ada = office.hire("Ada")
    topics = [office.link(ada, -77, kind="supergroup", thread_id=number) for number in (2, 3)]
    flood(office, 6)
    take(database)
    assert [states(office, topic).count("pending") for topic in topics] == [1, 1]  # of two in ten seconds
