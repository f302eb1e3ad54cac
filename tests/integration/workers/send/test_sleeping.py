"""A worker that stands still for longer than its lease, between its mark and its request."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from complaints.clock import utcnow
from tools.stack import eventually
from workers.dispatch import dispatch_due


@pytest.fixture
def database_url(renewed_sqlite_url):
    """One engine is enough here: what differs between them is tested with the claims."""
    return renewed_sqlite_url


@pytest.fixture
def sleeper(settings, office, chat) -> Iterator[subprocess.Popen]:
    """A sender that has marked a critical alert and is stopped."""
    office.submit("The roof is on fire", severity="critical")
    environment = {
        **os.environ,
        "REDRESS_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "JWT_SECRET_KEY": settings.jwt_secret_key.get_secret_value(),
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token.get_secret_value(),
        "TELEGRAM_API_URL": settings.telegram_api_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.workers.send.sleeper"], env=environment
    )
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    yield process
    process.kill()
    process.wait()


def wake(process: subprocess.Popen) -> None:
    os.kill(process.pid, signal.SIGCONT)
    assert process.wait(20) == 0


def test_who_slept_through_the_lease_sends_nothing(office, ada, telegram, dispatcher, redis, sleeper):
    # Given another worker that has sent the alert once more, since nobody knew whether it had arrived
    redis.delete(f"redress:limiter:chat:{ada}")  # busy for thirty seconds, as long as a true lease
    eventually(lambda: dispatch_due(dispatcher) < 0 or office.alerts()[-1].state == "sent")
    # When the sleeper wakes up
    wake(sleeper)
    # Then it sends nothing, and nothing that was recorded changes
    (message,) = telegram.messages(ada)
    assert "Possible repeat" in message["text"]
    assert len(telegram.calls("sendMessage")) == 1
    assert [alert.state for alert in office.alerts()] == ["unknown", "sent"]


def test_who_slept_and_was_not_missed_sends_the_alert_afterwards(office, ada, telegram, dispatcher, sleeper):
    # Given nobody else who looks
    eventually(lambda: office.chats()[0].lease_expires_at < utcnow())
    # When the sleeper wakes up
    wake(sleeper)
    office.let_time_pass(10)
    dispatch_due(dispatcher)
    # Then the alert goes once
    assert len(telegram.calls("sendMessage")) == 1
    assert [alert.state for alert in office.alerts()].count("sent") == 1
