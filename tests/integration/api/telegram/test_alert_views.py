"""Alerts: who was told, and sending again by hand."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from complaints.clock import utcnow
from complaints.events.wakeups import DELIVER
from complaints.ids import new_id
from complaints.models import Alert, AlertAttempt
from tests.factories import a_chat
from tests.integration.api.people import Pokes, World, problem_of

URL = "/api/v1/alerts"


def owe(
    world: World, chat_id: UUID, state: str, complaint: dict[str, Any] | None = None, age: int = 0
) -> str:
    """Add an alert that was tried once; return its id."""
    now = utcnow() - timedelta(minutes=age)
    alert_id = new_id()
    with world.database.write() as session:
        session.add(
            Alert(
                id=alert_id,
                chat_id=chat_id,
                complaint_id=complaint and UUID(complaint["id"]),
                kind="new",
                dedupe_key=str(alert_id),
                priority=1,
                state=state,
                attempts=1,
                created_at=now,
            )
        )
        session.flush()
        session.add(
            AlertAttempt(
                id=new_id(), alert_id=alert_id, number=1, started_at=now, finished_at=now, outcome="sent"
            )
        )
    return str(alert_id)


@pytest.fixture
def chat_id(world: World) -> UUID:
    """A linked chat of an agent's."""
    chat = a_chat(world.operator(), 7, title="Ada", preferences={})
    with world.database.write() as session:
        session.add(chat)
    return chat.id


def test_alerts_are_listed_newest_first_by_state_in_pages(world: World, chat_id: UUID) -> None:
    # Given
    states = ("sent", "failed", "unknown", "failed")
    made = [owe(world, chat_id, state, age=age) for age, state in enumerate(states)]
    agent = world.signed_in("agent")
    # When
    first = agent.get(f"{URL}?limit=3").get_json()
    rest = agent.get(f"{URL}?limit=3&cursor={first['next_cursor']}").get_json()
    failed = agent.get(f"{URL}?state=failed,unknown").get_json()
    # Then
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert [item["id"] for item in failed["items"]] == made[1:]
    assert first["items"][0]["chat"] == {"id": str(chat_id), "telegram_id": 7, "title": "Ada"}
    problem_of(agent.get(f"{URL}?state=lost"), 422)
    problem_of(world.signed_in("viewer").get(URL), 403)


def test_an_alert_names_its_complaint_and_how_its_digest_stands(world: World, chat_id: UUID) -> None:
    # Given
    complaint = world.complaint()
    digest_id, alert_id = owe(world, chat_id, "sent"), owe(world, chat_id, "merged", complaint)
    with world.database.write() as session:
        session.get_one(Alert, UUID(digest_id)).sent_at = utcnow()
        session.get_one(Alert, UUID(alert_id)).digest_id = UUID(digest_id)
    # When
    [merged] = world.signed_in("agent").get(f"{URL}?state=merged").get_json()["items"]
    [digest] = world.signed_in("agent").get(f"{URL}?state=sent").get_json()["items"]
    # Then
    assert merged["reference"] == complaint["reference"]
    assert merged["digest"]["state"] == "sent"
    assert merged["digest"]["sent_at"] is not None
    assert (digest["reference"], digest["digest"]) == (None, None)


def test_a_complaint_tells_who_was_told_and_how_often_it_was_tried(world: World, chat_id: UUID) -> None:
    # Given
    complaint = world.complaint(site="North")
    alert_id = owe(world, chat_id, "sent", complaint)
    owe(world, chat_id, "sent", world.complaint())
    path = f"/api/v1/complaints/{complaint['reference']}/alerts"
    # When
    (item,) = world.signed_in("viewer", sites=["North"]).get(path).get_json()["items"]
    # Then
    assert (item["id"], item["complaint_id"], item["attempts"]) == (alert_id, complaint["id"], 1)
    assert [attempt["outcome"] for attempt in item["history"]] == ["sent"]
    problem_of(world.signed_in("viewer", sites=["South"]).get(path), 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_what_failed_or_may_be_lost_is_sent_again(world: World, chat_id: UUID, pokes: Pokes) -> None:
    agent = world.signed_in("agent")
    for state in ("failed", "unknown"):
        alert_id = owe(world, chat_id, state)
        assert agent.post(f"{URL}/{alert_id}/retry").status_code == 202
        assert world.one(Alert, alert_id).state == "pending"
    assert pokes.next() == DELIVER
    for state in ("pending", "sending", "sent", "merged", "skipped"):
        problem_of(agent.post(f"{URL}/{owe(world, chat_id, state)}/retry"), 409)
    problem_of(agent.post(f"{URL}/{new_id()}/retry"), 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_limited_sees_and_sends_only_their_sites_alerts(world: World, chat_id: UUID) -> None:
    # Given
    mine = owe(world, chat_id, "failed", world.complaint(site="North"))
    theirs = owe(world, chat_id, "failed", world.complaint(site="South"))
    owe(world, chat_id, "failed")
    limited = world.signed_in("agent", sites=["North"])
    # Then
    assert [item["id"] for item in limited.get(URL).get_json()["items"]] == [mine]
    problem_of(limited.post(f"{URL}/{theirs}/retry"), 404)
    assert limited.post(f"{URL}/{mine}/retry").status_code == 202
