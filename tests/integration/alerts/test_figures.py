"""The alerts' numbers on web's /metrics."""

from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from complaints.alerts.circuit import CIRCUIT, NO_ANSWER
from complaints.alerts.figures import count_alerts
from complaints.clock import utcnow
from complaints.db import Database
from complaints.redis_client import connect
from web.alert_metrics import registry_of
from workers.delivery import deliver_due


def count(database: Database, later: float = 0):
    with database.read() as session:
        return count_alerts(session, now=utcnow() + timedelta(seconds=later))


def test_figures_tell_what_was_sent_and_what_waits_since_when(office, chat, delivery, database):
    # Given one alert that was sent and one that waits
    office.submit("sent")
    deliver_due(delivery)
    office.submit("waits")
    # When it is counted five seconds later
    figures = count(database, later=5)
    # Then
    assert (figures.states["sent"], figures.states["pending"]) == (1, 1)
    assert figures.due == 1
    assert figures.overdue_seconds == pytest.approx(5, abs=2)
    assert (figures.unrouted, figures.updates) == (0, 0)


def test_old_ends_are_no_longer_counted_but_what_waits_always_is(office, chat, database):
    office.submit()
    office.submit()
    office.set_alert(office.alerts()[0].id, state="failed")
    figures = count(database, later=3700)
    assert (figures.states["failed"], figures.states["pending"]) == (0, 1)


def test_an_alert_that_a_muted_chat_keeps_waiting_is_not_overdue(office, chat, database):
    office.submit()
    with database.write() as session:
        session.merge(chat).state = "muted"
    assert (count(database).due, count(database).overdue_seconds) == (0, 0)


def test_prometheus_sees_them_and_an_open_circuit(office, chat, database, redis):
    office.submit()
    redis.hset(CIRCUIT, mapping={"reason": NO_ANSWER, "since": 1_700_000_000_000})
    text = generate_latest(registry_of(database, redis)).decode()
    assert 'redress_alerts{state="pending"} 1.0' in text
    assert "redress_alerts_due 1.0" in text
    assert "redress_telegram_circuit_open 1.0" in text


def test_numbers_are_kept_for_some_seconds(office, chat, database, redis):
    registry = registry_of(database, redis)
    first = generate_latest(registry)
    office.submit()
    assert generate_latest(registry) == first


def test_without_database_and_redis_a_scrape_is_only_shorter():
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert generate_latest(registry_of(nowhere, connect("redis://127.0.0.1:1/0"))) == b""
    nowhere.close()
