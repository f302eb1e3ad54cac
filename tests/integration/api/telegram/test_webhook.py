"""The webhook that Telegram calls."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from complaints.events.wakeups import CONSUME_UPDATES
from complaints.models import TelegramUpdate
from tests.integration.api.people import Pokes, World, problem_of

WEBHOOK = "/api/v1/telegram/webhook"
SECRET = {"X-Telegram-Bot-Api-Secret-Token": "s" * 40}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"telegram_webhook_secret": "s" * 40}


def post_update(world: World, update: dict[str, Any]) -> TestResponse:
    body = json.dumps(update)
    return world.anonymous.post(WEBHOOK, data=body, content_type="application/json", headers=SECRET)


def test_an_update_is_stored_once_before_it_is_answered(world: World, pokes: Pokes) -> None:
    # Given
    sent = {"update_id": 5, "message": {"text": "/help", "odd": "\x00\ud800"}}
    # When
    answers = [post_update(world, sent) for _ in range(2)]
    # Then
    assert [answer.status_code for answer in answers] == [200, 200]
    (row,) = world.all(TelegramUpdate)
    assert (row.update_id, row.payload["message"]["text"], row.consumed_at) == (5, "/help", None)
    assert pokes.next() == CONSUME_UPDATES


@SQLITE
def test_who_does_not_know_the_secret_is_not_telegram(world: World) -> None:
    for headers in (
        {},
        {"X-Telegram-Bot-Api-Secret-Token": "s" * 39},
        {"X-Telegram-Bot-Api-Secret-Token": "é"},
    ):
        problem_of(world.anonymous.post(WEBHOOK, json={"update_id": 1}, headers=headers), 403)
    assert world.all(TelegramUpdate) == []


@SQLITE
class TestWithoutASecret:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {}

    def test_there_is_no_webhook_without_a_secret(self, world: World) -> None:
        problem_of(world.anonymous.post(WEBHOOK, json={"update_id": 1}, headers=SECRET), 404)
