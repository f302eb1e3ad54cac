"""What operators do to a complaint: its status, who has it, comments, and the history that this leaves."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient

from complaints.events.wakeups import SEQUENCE
from complaints.models import Complaint, Event
from tests.integration.api.people import Pokes, World, problem_of

URL = "/api/v1/complaints"


@pytest.fixture
def path(world: World) -> str:
    """The address of a new complaint."""
    return f"{URL}/{world.complaint()['id']}"


def test_the_status_goes_along_the_table(world: World, path: str, pokes: Pokes) -> None:
    # Given
    agent = world.signed_in("agent")
    pokes.next()
    # When
    first = agent.post(f"{path}/status", json={"status": "in_progress"})
    second = agent.post(f"{path}/status", json={"status": "resolved", "reason": "Repaired"})
    # Then
    assert first.get_json()["acknowledged_at"] is not None
    assert second.get_json()["resolved_at"] is not None
    assert second.headers["ETag"] == '"3"'
    assert world.all(Event)[-1].changes == {
        "status": ["in_progress", "resolved"],
        "reason": [None, "Repaired"],
    }
    assert pokes.next() == SEQUENCE


def test_a_refused_status_names_the_allowed_ones(world: World, path: str) -> None:
    for status in ("reported", "on_hold"):
        body = problem_of(world.admin.post(f"{path}/status", json={"status": status}), 409)
        assert body["code"] == "transition_refused"
        assert body["allowed"] == ["acknowledged", "in_progress", "resolved", "rejected", "duplicate"]


def test_reopening_wants_a_reason(world: World, path: str) -> None:
    world.admin.post(f"{path}/status", json={"status": "rejected"})
    body = problem_of(world.admin.post(f"{path}/status", json={"status": "in_progress"}), 422)
    assert body["errors"][0]["pointer"] == "/reason"
    again = {"status": "in_progress", "reason": "It is back"}
    assert world.admin.post(f"{path}/status", json=again).status_code == 200


def test_a_duplicate_names_another_complaint(world: World, path: str) -> None:
    # Given
    other, itself = world.complaint()["id"], path.rpartition("/")[2]
    # Then
    for wrong in (itself, "00000000-0000-7000-8000-000000000000"):
        response = world.admin.post(f"{path}/status", json={"status": "duplicate", "duplicate_of": wrong})
        assert problem_of(response, 422)["errors"][0]["pointer"] == "/duplicate_of"
    form = {"status": "duplicate", "duplicate_of": other}
    assert world.admin.post(f"{path}/status", json=form).get_json()["duplicate_of"] == other


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_version_may_be_named_and_then_counts(world: World, path: str) -> None:
    stale = {"If-Match": '"7"'}
    problem_of(world.admin.post(f"{path}/status", json={"status": "resolved"}, headers=stale), 412)
    problem_of(world.admin.put(f"{path}/assignee", json={"operator_id": "me"}, headers=stale), 412)
    problem_of(world.admin.delete(f"{path}/assignee", headers=stale), 412)


def test_taking_what_is_free_or_mine_succeeds_and_what_is_taken_does_not(world: World, path: str) -> None:
    # Given
    ada, bob = world.signed_in("agent"), world.signed_in("agent")
    me = {"operator_id": "me"}
    # When
    first, again = ada.put(f"{path}/assignee", json=me), ada.put(f"{path}/assignee", json=me)
    # Then
    assert first.get_json()["assignee"]["id"] == str(world.who(ada).id)
    assert again.get_json()["version"] == 2
    late = problem_of(bob.put(f"{path}/assignee", json=me), 412)
    assert late["current"]["assignee"]["id"] == str(world.who(ada).id)
    assert late["detail"] == "Agent Lovelace has it already."
    # When
    deliberate = bob.put(f"{path}/assignee", json=me, headers={"If-Match": '"2"'})
    # Then
    assert deliberate.get_json()["assignee"]["id"] == str(world.who(bob).id)


def test_assigning_and_taking_back(world: World, path: str) -> None:
    # Given
    operator = world.operator("agent", name="Ada")
    # When
    given = world.admin.put(f"{path}/assignee", json={"operator_id": str(operator.id)})
    back = world.admin.delete(f"{path}/assignee")
    # Then
    assert given.get_json()["assignee"] == {"id": str(operator.id), "name": "Ada"}
    assert back.get_json()["assignee"] is None
    assert [event.type for event in world.all(Event)][1:] == ["assignment_update"] * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_who_can_work_on_it_is_assigned(world: World, path: str) -> None:
    candidates = [
        world.operator("viewer"),
        world.operator("agent", active=False),
        world.operator("agent", sites=["North"]),
    ]
    for operator_id in (*(row.id for row in candidates), "00000000-0000-7000-8000-000000000000", "nobody"):
        response = world.admin.put(f"{path}/assignee", json={"operator_id": str(operator_id)})
        assert problem_of(response, 422)["errors"][0]["pointer"].startswith("/operator_id")
    assert world.all(Complaint)[0].assignee is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_viewer_looks_and_does_nothing(world: World, path: str) -> None:
    viewer, before = world.signed_in("viewer"), world.counts()
    problem_of(viewer.post(f"{path}/status", json={"status": "resolved"}), 403)
    problem_of(viewer.put(f"{path}/assignee", json={"operator_id": "me"}), 403)
    problem_of(viewer.delete(f"{path}/assignee"), 403)
    problem_of(viewer.post(f"{path}/comments", json={"text": "x"}), 403)
    assert world.counts() == {**before, "operator": before["operator"], "session": before["session"]}
    for part in ("", "/events", "/comments"):
        assert viewer.get(path + part).status_code == 200


def test_comments_are_listed_oldest_first_and_the_internal_text_stays_out_of_events(
    world: World, path: str
) -> None:
    # Given
    agent = world.signed_in("agent")
    # When
    posted = agent.post(f"{path}/comments", json={"text": "Call <b>Bob</b>", "visibility": "internal"})
    agent.post(f"{path}/comments", json={"text": "We are on it", "visibility": "public"})
    # Then
    assert posted.status_code == 201
    assert posted.get_json()["author"]["name"] == "Agent Lovelace"
    first = agent.get(f"{path}/comments?limit=1").get_json()
    assert [item["text"] for item in first["items"]] == ["Call <b>Bob</b>"]
    second = agent.get(f"{path}/comments?limit=1&cursor={first['next_cursor']}").get_json()
    assert [item["text"] for item in second["items"]] == ["We are on it"]
    assert second["next_cursor"] is None
    events = agent.get(f"{path}/events").get_data(as_text=True)
    assert "We are on it" in events
    assert "Bob" not in events


def test_the_timeline_has_every_event_in_order(world: World, path: str) -> None:
    # Given
    world.number()
    world.admin.post(f"{path}/status", json={"status": "acknowledged"})
    world.admin.post(f"{path}/comments", json={"text": "x"})
    # When
    first = world.admin.get(f"{path}/events?limit=2").get_json()
    second = world.admin.get(f"{path}/events?limit=2&cursor={first['next_cursor']}").get_json()
    # Then
    items: list[dict[str, Any]] = first["items"] + second["items"]
    assert [item["name"] for item in items] == ["new_complaint", "status_update", "comment_added"]
    assert [item["seq"] for item in items] == [1, None, None]
    assert items[0]["data"]["id"] == path.rpartition("/")[2]
    assert "reporter" not in items[0]["data"]
    assert second["next_cursor"] is None


def test_what_duplicates_this_one_is_not_its_original(world: World) -> None:
    # Given a chain: each is a duplicate of the one before
    first, second, third = (world.complaint()["id"] for _ in range(3))
    for copy, original in ((second, first), (third, second)):
        form = {"status": "duplicate", "duplicate_of": original}
        assert world.admin.post(f"{URL}/{copy}/status", json=form).status_code == 200
    # Then
    for copy in (second, third):
        form = {"status": "duplicate", "duplicate_of": copy}
        body = problem_of(world.admin.post(f"{URL}/{first}/status", json=form), 422)
        assert body["errors"][0]["pointer"] == "/duplicate_of"
    # Unless it is one no more
    world.admin.post(f"{URL}/{second}/status", json={"status": "in_progress", "reason": "x"})
    form = {"status": "duplicate", "duplicate_of": second}
    assert world.admin.post(f"{URL}/{first}/status", json=form).status_code == 200


def test_of_two_that_are_called_each_others_duplicates_at_once_one_is(world: World) -> None:
    # Given
    pair = [world.complaint()["id"] for _ in range(2)]
    admins = [world.signed_in("admin") for _ in pair]
    together = Barrier(len(pair))

    def call(admin: FlaskClient, copy: str, original: str) -> int:
        together.wait()
        form = {"status": "duplicate", "duplicate_of": original}
        return admin.post(f"{URL}/{copy}/status", json=form).status_code

    # When
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(call, admins, pair, reversed(pair)))
    # Then
    assert sorted(answers) == [200, 422]
