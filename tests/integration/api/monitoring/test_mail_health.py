"""Mail that does not go out shows: in `/readyz`, and as figures in the metrics."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.mail.outbox import owe_mail
from complaints.words import MailKind, MailState
from tests.integration.api.people import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "redress@example.org"}


def owe(world: World, **columns: Any) -> None:
    with world.database.write() as session:
        mail = owe_mail(session, MailKind.PASSWORD_RESET, "ada@example.org", now=world.database.now())
        for name, value in columns.items():
            setattr(mail, name, value)


def test_one_that_waits_for_minutes_is_a_silence(world: World) -> None:
    owe(world, created_at=world.database.now() - timedelta(minutes=6))
    body = world.anonymous.get("/readyz").get_json()
    assert "mail_not_sent" in [one["kind"] for one in body["silences"]]
    assert body["checks"]["mail"]["status"] == "degraded"
    assert body["checks"]["mail"]["detail"].startswith("the oldest waits since 20")
    assert 'redress_oldest_waiting_seconds{kind="mail_not_sent"} 36' in metrics(world)


def test_one_that_could_not_be_delivered_is_told_of_for_a_day(world: World) -> None:
    owe(world, state=MailState.FAILED, next_attempt_at=None)
    check = world.anonymous.get("/readyz").get_json()["checks"]["mail"]
    assert check == {"status": "degraded", "detail": "1 of the last day could not be delivered"}
    assert 'redress_mails{state="failed"} 1.0' in metrics(world)


def metrics(world: World) -> str:
    return world.anonymous.get("/metrics").get_data(as_text=True)
