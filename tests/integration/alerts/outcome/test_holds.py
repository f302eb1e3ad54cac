"""Waits that Telegram asks for: bounded, the chat's own, and not where a critical alert stays untold."""

import pytest

from complaints.alerts.outcome.rerouting import reroute_held_once
from complaints.telegram.limiter import LONGEST_HOLD_SECONDS
from workers.dispatch import dispatch_due


@pytest.fixture
def database_url(renewed_sqlite_url):
    """One engine is enough here: what differs between them is tested with the claims."""
    return renewed_sqlite_url


def hold_of(redis, name: str) -> float:
    """For how many seconds from now this is held."""
    value = redis.get(f"redress:limiter:hold:{name}")
    seconds, microseconds = redis.time()
    return 0 if value is None else int(value) / 1e6 - seconds - microseconds / 1e6


@pytest.mark.parametrize("told", [3600, 10**12, 10**30])
def test_a_wait_without_end_leaves_the_alert_pending_and_is_bounded(
    office, chat, ada, dispatcher, telegram, redis, told
):
    telegram.fault("retry_after", retry_after=told, chat_id=ada, count=1)
    office.submit()
    dispatch_due(dispatcher)
    alert = office.alert()
    assert (alert.state, alert.reason_code) == ("pending", "on_hold")
    assert 0 < hold_of(redis, f"chat:{ada}") <= LONGEST_HOLD_SECONDS
    # And after that the chat is tried again
    redis.delete(f"redress:limiter:hold:chat:{ada}")
    office.let_time_pass(LONGEST_HOLD_SECONDS)
    dispatch_due(dispatcher)
    assert office.alert().state == "sent"


def test_one_chat_s_long_wait_after_another_s_short_one_silences_nobody_for_long(
    office, chat, ada, dispatcher, telegram, redis
):
    # Given
    ben = telegram.add_user("Ben", started=True).id
    office.link(office.hire("Ben"), ben)
    telegram.fault("retry_after", retry_after=1, chat_id=ada, count=1)
    telegram.fault("retry_after", retry_after=3600, chat_id=ben, count=1)
    # When
    office.submit()
    dispatch_due(dispatcher)
    # Then
    assert "hold" in {attempt.outcome for attempt in office.attempts()}
    assert hold_of(redis, "all") <= 1
    assert hold_of(redis, f"chat:{ben}") > LONGEST_HOLD_SECONDS / 2


def test_a_chat_that_is_held_for_minutes_rests_no_longer_than_a_minute(
    office, chat, ada, dispatcher, telegram
):
    """What is to be done with it meanwhile is looked at again."""
    telegram.fault("retry_after", retry_after=600, chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    held = office.chat(chat.id)
    assert (held.lease_expires_at - dispatcher._database.now()).total_seconds() <= 60
    assert (held.held_until - dispatcher._database.now()).total_seconds() > 500


def test_a_critical_alert_whose_chat_is_held_for_minutes_is_told_elsewhere(
    database, office, chat, ada, dispatcher, telegram
):
    # Given
    boss = telegram.add_user("Boss", started=True).id
    fallback = office.link(office.hire("Boss", role="admin", sites=["North"]), boss)
    telegram.fault("retry_after", retry_after=600, chat_id=ada)
    office.prefer(fallback.id, kinds=[])
    office.submit(severity="critical", site="North")
    office.submit(severity="high", site="North")
    dispatch_due(dispatcher)
    # When
    assert reroute_held_once(database) == 1
    dispatch_due(dispatcher)
    # Then
    critical, high = office.alerts(chat)
    assert (critical.state, critical.reason_code) == ("skipped", "rerouted")
    assert "wait until" in critical.reason
    assert high.state == "pending"
    (copy,) = office.alerts(fallback)
    assert (copy.state, copy.rerouted_from) == ("sent", chat.id)
    assert office.chat(chat.id).state == "active"
    # And nothing more follows
    assert reroute_held_once(database) == 0


@pytest.mark.parametrize(("hold_seconds", "others_hold"), [(40, None), (600, 600)])
def test_a_critical_alert_waits_where_nobody_would_be_told_sooner(
    database, office, chat, ada, dispatcher, telegram, hold_seconds, others_hold
):
    boss = telegram.add_user("Boss", started=True).id
    office.link(office.hire("Boss", role="admin"), boss)
    telegram.fault("retry_after", retry_after=hold_seconds, chat_id=ada)
    if others_hold:
        telegram.fault("retry_after", retry_after=others_hold, chat_id=boss)
    office.submit(severity="critical")
    for _ in range(3):
        dispatch_due(dispatcher)
        office.let_everything_rest(dispatcher.redis)
    assert reroute_held_once(database) == 0
    assert office.alerts(chat)[0].state == "pending"


def test_an_alert_of_a_lost_chat_waits_with_one_that_is_held_rather_than_fail(
    database, office, chat, ada, dispatcher, telegram
):
    boss = telegram.add_user("Boss", started=True).id
    fallback = office.link(office.hire("Boss", role="admin"), boss)
    telegram.fault("retry_after", retry_after=600, chat_id=boss)
    telegram.block(ada)
    office.submit(severity="critical")
    for _ in range(3):
        dispatch_due(dispatcher)
    assert office.alerts(chat)[0].reason_code == "rerouted"
    assert "pending" in [alert.state for alert in office.alerts(fallback)]
