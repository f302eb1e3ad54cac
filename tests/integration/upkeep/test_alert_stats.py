"""The alerts' numbers on web's /metrics."""

from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from redis import Redis

from complaints.clock import utcnow
from complaints.db import Database
from complaints.redis_client import connect
from complaints.telegram.circuit import CIRCUIT, NO_ANSWER
from complaints.upkeep.alert_stats import count_alerts
from complaints.upkeep.outcome_counters import COUNTERS, REFUSALS, TEXTS_MAXIMUM
from web.monitoring.alert_metrics import registry_of
from workers.dispatch import dispatch_due

PERMITTED = 30


def scrape(database: Database, redis: Redis) -> dict[str, float]:
    """What Prometheus would read, by name and labels."""
    text = generate_latest(registry_of(database, redis, PERMITTED)).decode()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def outcome(word: str, request: str = "message") -> str:
    return f'redress_alert_outcomes_total{{outcome="{word}",request="{request}"}}'


def count(database: Database, later: float = 0):
    with database.read() as session:
        return count_alerts(session, now=utcnow() + timedelta(seconds=later))


def test_figures_tell_what_was_sent_and_what_waits_since_when(office, chat, dispatcher, database):
    # Given one alert that was sent and one that waits
    office.submit("sent")
    dispatch_due(dispatcher)
    office.submit("waits")
    # When it is counted five seconds later
    figures = count(database, later=5)
    # Then
    assert (figures.states["sent"], figures.states["pending"]) == (1, 1)
    assert figures.due == 1
    assert figures.overdue_seconds == pytest.approx(5, abs=2)
    assert figures.oldest_seconds == pytest.approx(5, abs=2)
    assert (figures.unrouted, figures.updates) == (0, 0)


def test_old_ends_are_no_longer_counted_but_what_waits_always_is(office, chat, database):
    office.submit()
    office.submit()
    office.set_alert(office.alerts()[0].id, state="failed")
    figures = count(database, later=3700)
    assert (figures.states["failed"], figures.states["pending"]) == (0, 1)


def test_prometheus_sees_them_and_an_open_circuit(office, chat, database, redis):
    office.submit()
    redis.hset(CIRCUIT, mapping={"reason": NO_ANSWER, "since": 1_700_000_000_000})
    figures = scrape(database, redis)
    assert figures['redress_alerts{state="pending"}'] == 1
    assert figures["redress_alerts_due"] == 1
    assert figures["redress_telegram_circuit_open"] == 1


def test_counters_tell_what_became_of_each_request(office, chat, dispatcher, database, redis, telegram):
    # Given a request that fails, one that is told to wait, and one that arrives
    telegram.fault("http_500", count=1, methods=["sendMessage"])
    office.submit()
    dispatch_due(dispatcher)
    office.let_everything_rest(redis)
    telegram.fault("retry_after", retry_after=1, count=1, methods=["sendMessage"])
    office.submit()
    dispatch_due(dispatcher)
    office.let_everything_rest(redis)
    dispatch_due(dispatcher)
    # Then
    figures = scrape(database, redis)
    words = ("unknown", "hold", "sent", "failed")
    assert [figures[outcome(word)] for word in words] == [1, 1, 2, 0]
    assert figures["redress_alert_retries_total"] == 0


def test_an_alert_that_goes_back_to_be_tried_again_is_a_retry(
    office, chat, dispatcher, database, redis, telegram
):
    telegram.stop()
    office.submit()
    dispatch_due(dispatcher)
    figures = scrape(database, redis)
    assert (figures[outcome("not_sent")], figures["redress_alert_retries_total"]) == (1, 1)
    assert figures["redress_alert_wait_seconds_count"] == 0


def test_waits_are_counted_from_an_alerts_creation_to_its_answer(office, chat, dispatcher, database, redis):
    office.submit()
    office.set_alert(office.alert().id, created_at=utcnow() - timedelta(seconds=7))
    dispatch_due(dispatcher)
    figures = scrape(database, redis)
    buckets = [
        figures[f'redress_alert_wait_seconds_bucket{{le="{bound}"}}'] for bound in ("5.0", "10.0", "+Inf")
    ]
    assert buckets == [0, 1, 1]
    assert figures["redress_alert_wait_seconds_sum"] == pytest.approx(7, abs=2)


def test_edits_are_counted_apart(office, chat, dispatcher, database, redis):
    complaint = office.submit()
    dispatch_due(dispatcher)
    office.acknowledge(complaint.id)
    office.let_time_pass(5)
    dispatch_due(dispatcher)
    figures = scrape(database, redis)
    assert (figures[outcome("sent")], figures[outcome("sent", "edit")]) == (1, 1)
    assert figures["redress_alert_wait_seconds_count"] == 1


def test_refusals_are_counted_by_their_text_and_only_so_many_texts(
    office, chat, ada, dispatcher, database, redis, telegram
):
    telegram.fault("refused", text="CHAT_RESTRICTED_4711", chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    assert scrape(database, redis)['redress_telegram_refusals_total{text="chat_restricted_#"}'] == 1
    # When as many texts came as are kept, and another one
    redis.hset(REFUSALS, mapping={f"text {number}": 1 for number in range(TEXTS_MAXIMUM)})
    office.set_chat(chat.id, state="active")
    telegram.clear_faults()
    telegram.fault("refused", text="CHAT_NEW", chat_id=ada)
    office.submit()
    dispatch_due(dispatcher)
    # Then
    assert scrape(database, redis)['redress_telegram_refusals_total{text="other"}'] == 1


def test_the_budget_in_use_is_the_share_of_everybodys_window(office, chat, dispatcher, database, redis):
    office.submit()
    dispatch_due(dispatcher)
    assert scrape(database, redis)["redress_telegram_budget_in_use"] == pytest.approx(1 / PERMITTED)


def test_what_can_not_be_counted_delays_and_loses_nothing(office, chat, dispatcher, redis):
    redis.set(COUNTERS, "of another type: every count fails")
    office.submit()
    dispatch_due(dispatcher)
    assert office.alert().state == "sent"


def test_numbers_are_kept_for_some_seconds(office, chat, database, redis):
    registry = registry_of(database, redis, PERMITTED)
    first = generate_latest(registry)
    office.submit()
    assert generate_latest(registry) == first


def test_without_database_and_redis_a_scrape_is_only_shorter():
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    registry = registry_of(nowhere, connect("redis://127.0.0.1:1/0"), PERMITTED)
    assert generate_latest(registry) == b""
    nowhere.close()
