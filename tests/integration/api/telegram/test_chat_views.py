"""Linking chats, and what may be done with them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import update

from complaints.alerts.triggers.routing import route_once
from complaints.chats.linking import USERNAME, ChatAddress, link_chat
from complaints.clock import to_wire, utcnow
from complaints.events.wakeups import DELIVER
from complaints.models import Alert, Chat, LinkToken
from tests.integration.api.people import Pokes, World, problem_of

LINK = "/api/v1/telegram/link"
CHATS = "/api/v1/telegram/chats"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def link(world: World, client: FlaskClient, telegram_id: int = 7) -> str:
    """Link a chat to the client's operator as the bot does; return the address of the chat."""
    token = client.post(LINK).get_json()["token"]
    with world.database.write() as session:
        chat = link_chat(session, token, ChatAddress(telegram_id, "private", "Ada"), now=utcnow())
        assert chat is not None
        return f"{CHATS}/{chat.id}"


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
    assert offer["group_command"] == f"/link {offer['token']}"
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
@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({}, ""),
        ({"title": "x"}, "/title"),
        ({"state": "left"}, "/state"),
        ({"state": None}, "/state"),
        ({"muted_until": "2999-01-01T00:00:00Z"}, "/muted_until"),
        ({"state": "active", "muted_until": "2026-01-01T00:00:00Z"}, "/muted_until"),
        ({"state": "muted", "muted_until": "2026-01-01T00:00:00Z"}, "/muted_until"),
        ({"state": "muted", "muted_until": "2999-01-01T00:00:00Z"}, "/muted_until"),
        ({"state": "muted", "muted_until": "soon"}, "/muted_until"),
        ({"preferences": None}, "/preferences"),
        ({"preferences": {"kinds": ["everything"]}}, "/preferences/kinds/0"),
        ({"preferences": {"kinds": None}}, "/preferences/kinds"),
        ({"preferences": {"colour": "red"}}, "/preferences/colour"),
        ({"preferences": {"categories": ["\x00"]}}, "/preferences/categories/0"),
        ({"preferences": {"categories": ["noise", "unheard of"]}}, "/preferences/categories/1"),
        ({"preferences": {"categories": ["x"] * 101}}, "/preferences/categories"),
        ({"preferences": {"time_zone": "Mars/Olympus"}}, "/preferences/time_zone"),
        ({"preferences": {"digest_patience_seconds": 0}}, "/preferences/digest_patience_seconds"),
        ({"preferences": {"quiet_hours": {"start": "22:00"}}}, "/preferences/quiet_hours/end"),
        ({"preferences": {"quiet_hours": {"start": "22:00", "end": "22:00"}}}, "/preferences/quiet_hours"),
        (
            {"preferences": {"quiet_hours": {"start": "0\u0663:00", "end": "1:00"}}},
            "/preferences/quiet_hours/start",
        ),
    ],
)
def test_what_no_chat_can_prefer_is_refused(world: World, form: dict[str, Any], pointer: str) -> None:
    # Given
    client = world.signed_in("agent")
    path = link(world, client)
    before = client.get(path).get_json()
    # When
    problem = problem_of(client.patch(path, json=form), 422)
    # Then
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["errors"][0]["detail"]
    assert client.get(path).get_json() == before


def test_what_is_not_named_stays(world: World) -> None:
    # Given
    client = world.signed_in("agent")
    path = link(world, client)
    wanted = {"minimum_severity": "high", "quiet_hours": {"start": "22:00", "end": "07:00"}}
    client.patch(path, json={"preferences": wanted})
    # When
    changes = {"time_zone": "Europe/Berlin", "quiet_hours": {"critical_passes": False}}
    preferences = client.patch(path, json={"preferences": changes}).get_json()["preferences"]
    # Then
    assert preferences["minimum_severity"] == "high"
    assert preferences["time_zone"] == "Europe/Berlin"
    assert preferences["quiet_hours"] == {"start": "22:00", "end": "07:00", "critical_passes": False}
    # When
    off = client.patch(path, json={"preferences": {"quiet_hours": None}}).get_json()["preferences"]
    # Then
    assert off == {**preferences, "quiet_hours": None}


@SQLITE
def test_sites_must_exist_once_some_are_defined(world: World) -> None:
    # Given
    client = world.signed_in("agent")
    path = link(world, client)
    free = client.patch(path, json={"preferences": {"sites": ["Anywhere"]}})
    assert world.admin.post("/api/v1/sites", json={"name": "North"}).status_code == 201
    # When, Then
    assert free.status_code == 200
    problem = problem_of(client.patch(path, json={"preferences": {"sites": ["North", "South"]}}), 422)
    assert problem["errors"][0]["pointer"] == "/preferences/sites/1"
    kept = client.patch(path, json={"preferences": {"sites": ["North", "Anywhere"]}})
    assert kept.get_json()["preferences"]["sites"] == ["North", "Anywhere"]


def test_a_chat_is_muted_for_a_while_and_woken(world: World) -> None:
    # Given a chat that is owed something
    client = world.signed_in("agent")
    path = link(world, client)
    world.complaint()
    world.number()
    while route_once(world.database):
        pass
    until = to_wire(utcnow() + timedelta(hours=2))
    # When
    muted = client.patch(path, json={"state": "muted", "muted_until": until}).get_json()
    # Then
    assert (muted["state"], muted["muted_until"]) == ("muted", until)
    (alert,) = world.all(Alert)
    assert (alert.state, alert.reason) == ("skipped", "the chat was muted")
    # When
    awake = client.patch(path, json={"state": "active"}).get_json()
    # Then
    assert (awake["state"], awake["muted_until"]) == ("active", None)


def test_changed_preferences_let_go_what_quiet_hours_held(world: World) -> None:
    # Given
    client = world.signed_in("agent")
    path = link(world, client)
    world.complaint()
    world.number()
    while route_once(world.database):
        pass
    later = utcnow() + timedelta(hours=8)
    with world.database.write() as session:
        session.execute(update(Alert).values(held=True, next_attempt_at=later))
    # When
    client.patch(path, json={"preferences": {"quiet_hours": None}})
    # Then
    (alert,) = world.all(Alert)
    assert alert.next_attempt_at < utcnow()


@SQLITE
def test_preferences_that_make_no_sense_any_more_hide_no_chat(world: World) -> None:
    """A zone is taken out of IANA's database now and then."""
    agent = world.signed_in()
    link(world, agent)
    with world.database.write() as session:
        session.execute(update(Chat).values(preferences={"time_zone": "Mars/Olympus", "silent_low": True}))
    (chat,) = agent.get(CHATS).get_json()["items"]
    assert chat["preferences"]["time_zone"] == "UTC"
    assert chat["preferences"]["silent_low"]
