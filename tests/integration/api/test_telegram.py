"""Linking chats, what may be done with them, and the webhook that Telegram calls."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from complaints.alerts.linking import USERNAME, Seat, link_chat
from complaints.clock import utcnow
from complaints.models import Alert, Chat, LinkToken, TelegramUpdate
from complaints.outbox import CONSUME_UPDATES, DELIVER
from tests.integration.api.people import Pokes, World, problem_of

LINK = "/api/v1/telegram/link"
CHATS = "/api/v1/telegram/chats"
WEBHOOK = "/api/v1/telegram/webhook"
SECRET = {"X-Telegram-Bot-Api-Secret-Token": "s" * 40}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"telegram_webhook_secret": "s" * 40}


def link(world: World, client: FlaskClient, telegram_id: int = 7) -> str:
    """Link a chat to the client's operator as the bot does; return the address of the chat."""
    token = client.post(LINK).get_json()["token"]
    with world.database.write() as session:
        chat = link_chat(session, token, Seat(telegram_id, "private", "Ada"), now=utcnow())
        assert chat is not None
        return f"{CHATS}/{chat.id}"


def post_update(world: World, update: dict[str, Any]) -> TestResponse:
    body = json.dumps(update)
    return world.anonymous.post(WEBHOOK, data=body, content_type="application/json", headers=SECRET)


@SQLITE
def test_a_link_is_offered_once_the_bot_has_a_name(world: World, redis: Redis) -> None:
    # Given
    viewer = world.signed_in("viewer")
    # When
    nameless = viewer.post(LINK)
    redis.set(USERNAME, "redress_bot")
    offer = viewer.post(LINK).get_json()
    # Then
    assert nameless.status_code == 201
    assert nameless.get_json()["deep_link"] is None
    assert offer["deep_link"] == f"https://t.me/redress_bot?start={offer['token']}"
    assert offer["command"] == f"/start {offer['token']}"
    assert offer["qr_svg"].startswith("<svg")
    assert "<script" not in offer["qr_svg"]
    assert offer["token"] not in str([vars(row) for row in world.all(LinkToken)])


@SQLITE
class TestWithTheSandbox:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"telegram_api_url": "http://127.0.0.1:8081"}

    def test_the_link_leads_to_its_phone(self, world: World) -> None:
        offer = world.signed_in().post(LINK).get_json()
        assert urlsplit(offer["deep_link"]).netloc == "127.0.0.1:8081"
        assert offer["deep_link"].endswith(f"/?start={offer['token']}")

    def test_there_is_no_webhook_without_a_secret(self, world: World) -> None:
        problem_of(world.anonymous.post(WEBHOOK, json={"update_id": 1}, headers=SECRET), 404)


@SQLITE
def test_everybody_sees_their_own_chats_and_admins_all(world: World) -> None:
    # Given
    ada, bob = world.signed_in("agent"), world.signed_in("viewer")
    path = link(world, ada)
    # Then
    (chat,) = ada.get(CHATS).get_json()["items"]
    assert (chat["telegram_id"], chat["title"], chat["state"]) == (7, "Ada", "active")
    assert bob.get(CHATS).get_json()["items"] == []
    for method in (bob.get, bob.delete):
        problem_of(method(path), 404)
    problem_of(bob.patch(path, json={"state": "muted"}), 404)
    problem_of(bob.post(f"{path}/test"), 404)
    assert [item["id"] for item in world.admin.get(CHATS).get_json()["items"]] == [chat["id"]]


def test_a_chat_can_be_muted_tuned_tested_and_unlinked(world: World, pokes: Pokes) -> None:
    # Given
    client = world.signed_in("agent")
    path = link(world, client)
    preferences = {"kinds": ["new"], "minimum_severity": "high", "categories": ["noise"], "sites": None}
    # When
    muted = client.patch(path, json={"state": "muted", "preferences": preferences}).get_json()
    tested = client.post(f"{path}/test")
    gone = client.delete(path)
    # Then
    assert muted["state"] == "muted"
    assert {name: muted["preferences"][name] for name in preferences} == preferences
    assert tested.status_code == 202
    (alert,) = world.all(Alert)
    assert (str(alert.id), alert.kind) == (tested.get_json()["id"], "test")
    assert pokes.next() == DELIVER
    assert gone.status_code == 204
    assert client.get(CHATS).get_json()["items"] == []
    assert world.all(Chat)[0].state == "left"
    problem_of(client.patch(path, json={"state": "active"}), 409)


@SQLITE
def test_what_no_chat_can_prefer_is_refused(world: World) -> None:
    client = world.signed_in("agent")
    path = link(world, client)
    for form in (
        {},
        {"state": "left"},
        {"preferences": {"kinds": ["everything"]}},
        {"preferences": {"colour": "red"}},
        {"preferences": {"categories": ["\x00"]}},
        {"title": "x"},
    ):
        problem_of(client.patch(path, json=form), 422)


def test_an_update_is_stored_once_before_it_is_answered(world: World, pokes: Pokes) -> None:
    # Given
    update = {"update_id": 5, "message": {"text": "/help", "odd": "\x00\ud800"}}
    # When
    answers = [post_update(world, update) for _ in range(2)]
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
