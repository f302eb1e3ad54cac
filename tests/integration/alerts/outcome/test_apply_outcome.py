"""Each rung of the ladder, from the sandbox's answer to the row."""

import pytest

from complaints.alerts.outcome.apply_outcome import settle
from complaints.alerts.outcome.outcomes import Moved
from complaints.alerts.queue.mark_sending import mark_sending
from complaints.alerts.queue.prepare import take_jobs
from complaints.clock import utcnow
from complaints.telegram import circuit
from workers.dispatch import dispatch_due, make_dispatcher


@pytest.fixture
def database_url(renewed_sqlite_url):
    """One engine is enough here: what differs between them is tested with the claims."""
    return renewed_sqlite_url


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    """Probe soon."""
    monkeypatch.setattr(circuit, "FIRST_MS", 50)
    monkeypatch.setattr(circuit, "LOOK_AGAIN_MS", 20)


def outcomes(office) -> list[str | None]:
    return [attempt.outcome for attempt in office.attempts()]


def test_a_429_costs_no_attempt_and_the_message_goes_when_its_time_has_come(
    office, chat, ada, dispatcher, telegram, redis
):
    telegram.fault("retry_after", retry_after=30, chat_id=ada, count=1)
    office.submit()
    dispatch_due(dispatcher)
    held = office.alert()
    assert (held.state, held.attempts) == ("pending", 0)
    assert office.chat(chat.id).lease_token is None
    # When the half minute is over
    redis.delete(f"redress:limiter:hold:chat:{ada}")
    office.let_time_pass(31)
    dispatch_due(dispatcher)
    assert office.alert().state == "sent"
    assert outcomes(office) == ["hold", "sent"]


def test_a_held_chat_delays_nobody_else(office, chat, ada, dispatcher, telegram):
    ben = telegram.add_user("Ben", started=True).id
    office.link(office.hire("Ben"), ben)
    telegram.fault("retry_after", retry_after=30, chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    assert len(telegram.messages(ben)) == 1


def test_a_blocked_bot_marks_the_chat_and_fails_what_it_is_owed_visibly(
    office, chat, ada, dispatcher, telegram
):
    telegram.block(ada)
    office.submit()
    office.submit()
    dispatch_due(dispatcher)
    assert office.chat(chat.id).state == "unreachable"
    assert [alert.state for alert in office.alerts()] == ["failed", "failed"]
    assert "can't be reached" in (office.alerts()[0].reason or "")
    assert len(telegram.calls("sendMessage")) == 1


def test_a_chat_that_is_not_found_is_unreachable(office, chat, ada, dispatcher, telegram):
    telegram.fault("chat_not_found", chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    assert office.chat(chat.id).state == "unreachable"


def test_a_group_that_became_a_supergroup_gets_its_alert_under_the_new_id(office, ada, dispatcher, telegram):
    group = telegram.add_group("Night shift", [ada])
    linked = office.link(office.hire("Ada"), group.id, kind="group")
    moved = telegram.migrate(group.id)
    office.submit()
    dispatch_due(dispatcher)
    assert office.chat(linked.id).telegram_id == moved.id
    assert office.alert().state == "sent"
    assert outcomes(office) == ["moved", "sent"]
    assert office.alert().attempts == 1


@pytest.mark.parametrize("said", [[-4001], [-10077, -4001]], ids=["its own", "there and back"])
def test_a_group_that_moves_for_ever_is_unreachable(database, office, dispatcher, said):
    """It would be sent from id to id without an attempt, and nobody would be told."""
    group = office.link(office.hire("Ada"), -4001, kind="group")
    office.submit()
    for new_chat_id in said * 5:
        office.set_chat(group.id, lease_token=None, lease_expires_at=None)
        for job in take_jobs(database, limit=1, pace=dispatcher._client.pace, now=utcnow()):
            with database.write() as session:
                attempt = mark_sending(session, job, now=utcnow())
                settle(session, attempt, Moved(new_chat_id), now=utcnow())
    assert office.chat(group.id).state == "unreachable"
    assert outcomes(office) == ["moved"] * 4


def test_refused_markup_goes_once_more_as_plain_text(office, chat, ada, dispatcher, telegram):
    telegram.fault("cannot_parse_entities", count=1)
    office.submit("a < b")
    dispatch_due(dispatcher)
    (message,) = telegram.messages(ada)
    assert "a < b" in message["text"]
    assert not message.get("entities")
    assert outcomes(office) == ["unparsable", "sent"]


def test_plain_text_that_is_refused_too_fails(office, chat, dispatcher, telegram):
    telegram.fault("message_too_long")
    office.submit()
    dispatch_due(dispatcher)
    assert office.alert().state == "failed"
    assert outcomes(office) == ["unparsable", "unparsable"]


def test_a_server_that_can_not_be_reached_costs_an_attempt_and_nothing_else(
    office, chat, ada, dispatcher, telegram, redis
):
    telegram.stop()
    office.submit()
    dispatch_due(dispatcher)
    alert = office.alert()
    assert (alert.state, alert.attempts) == ("pending", 1)
    assert outcomes(office) == ["not_sent"]
    assert redis.exists("redress:circuit")


@pytest.mark.parametrize("kind", ["http_500", "http_502", "broken_json", "reset_after"])
def test_a_lost_answer_makes_an_unknown_that_is_listed_to_its_chat(
    office, chat, ada, dispatcher, deliver_until, telegram, redis, kind
):
    # Given an alert whose answer is lost
    telegram.fault(kind, count=1, methods=("sendMessage",))
    complaint = office.submit()
    dispatch_due(dispatcher)
    first = office.alerts()[0]
    assert first.state == "unknown"
    assert redis.exists("redress:circuit")
    # When a moment has passed and Telegram answers again
    office.let_time_pass(12)
    deliver_until(lambda: office.alerts()[-1].state == "sent")
    # Then the chat is told which alert it may have missed, and the alert is not sent again
    listed = telegram.messages(ada)[-1]["text"]
    assert "Possibly missed" in listed
    assert complaint.reference in listed
    assert [alert.kind for alert in office.alerts()] == ["new", "notice"]
    assert office.alerts()[0].digest_id == office.alerts()[1].id


def test_a_critical_alert_whose_answer_was_lost_goes_once_more_marked_as_a_repeat(
    office, chat, ada, dispatcher, deliver_until, telegram, redis
):
    telegram.fault("reset_after", count=1, methods=("sendMessage",))
    complaint = office.submit(severity="critical")
    deliver_until(lambda: office.alerts()[-1].state == "sent")
    first, second = telegram.messages(ada)
    assert "Possible repeat" not in first["text"]
    assert f"Possible repeat of {complaint.reference}" in second["text"]
    assert [alert.state for alert in office.alerts()] == ["unknown", "sent"]


def test_a_refused_token_opens_the_circuit_and_keeps_everything(
    office, chat, ada, dispatcher, deliver_until, telegram, redis
):
    telegram.fault("unauthorized", seconds=60)
    for _ in range(5):
        office.submit()
    dispatch_due(dispatcher)
    assert redis.hget("redress:circuit", "reason") == b"token_refused"
    assert {alert.state for alert in office.alerts()} == {"pending"}
    assert {alert.attempts for alert in office.alerts()} == {0}
    assert len(telegram.calls("sendMessage")) == 1
    # When the token is accepted again, the next probe closes the circuit
    telegram.clear_faults()
    deliver_until(lambda: {alert.state for alert in office.alerts()} == {"sent"})
    assert not redis.exists("redress:circuit")


def test_an_outage_makes_few_unknowns_and_probes_harmlessly(
    office, dispatcher, deliver_until, telegram, redis
):
    # Given forty chats and a server that answers nothing but 502
    for number in range(40):
        person = telegram.add_user(f"P{number}", started=True).id
        office.link(office.hire(f"P{number}"), person)
    telegram.fault("outage", seconds=60, how="http_502")
    office.submit()
    # When deliveries are tried, and probes
    deliver_until(lambda: len(telegram.calls("getMe")) >= 2)
    # Then a few alerts are unknown, the others wait, and the probes asked only who the bot is
    states = [alert.state for alert in office.alerts() if alert.kind == "new"]
    assert 1 <= states.count("unknown") <= 12
    assert states.count("pending") == 40 - states.count("unknown")
    assert len(telegram.calls("sendMessage")) == states.count("unknown")


def test_without_redis_nothing_is_sent_and_nothing_is_lost(
    office, chat, ada, settings, database, redis, poker, telegram
):
    astray = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    dispatcher = make_dispatcher(astray, database, redis, poker)
    office.submit()
    dispatch_due(dispatcher)
    dispatcher.close()
    assert telegram.messages(ada) == []
    assert (office.alert().state, office.alert().attempts) == ("pending", 0)
