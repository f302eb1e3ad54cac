"""A submission or comment that is sent again is the same one."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from complaints.events.wakeups import SEQUENCE
from complaints.models import IdempotencyRecord
from tests.integration.api.people import Pokes, World, problem_of

URL = "/api/v1/complaints"


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"public_intake": True}


def submit(client: FlaskClient, key: str = "k-1", description: str = "x", **more: Any) -> TestResponse:
    body = {"description": description, **more}
    return client.post(URL, json=body, headers={"Idempotency-Key": key})


def test_the_same_key_and_body_give_the_same_complaint(world: World, pokes: Pokes) -> None:
    # Given
    client = world.program()
    first = submit(client)
    # When
    again = submit(client)
    # Then
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert world.counts()["complaint"] == world.counts()["event"] == 1
    assert pokes.next() == SEQUENCE


def test_what_happened_since_shows_in_the_replay(world: World) -> None:
    # Given
    client = world.program()
    created = submit(client).get_json()
    world.admin.post(f"{URL}/{created['id']}/status", json={"status": "acknowledged"})
    # When
    again = submit(client)
    # Then
    assert again.get_json()["status"] == "acknowledged"
    assert again.headers["ETag"] == '"2"'


def test_who_may_not_read_it_gets_what_was_answered_first(world: World) -> None:
    # Given a kiosk that may never read, an agent whose complaint moves to another site, and somebody unknown
    kiosk, agent = world.program("complaints:submit"), world.signed_in("agent", sites=["North"])
    reporter = {"name": "Ada", "email": None, "phone": None}
    for client, more in ((kiosk, {"reporter": reporter}), (agent, {"site": "North"}), (world.anonymous, {})):
        first = submit(client, **more)
        path = f"{URL}/{first.get_json()['id']}"
        world.admin.put(f"{path}/assignee", json={"operator_id": "me"})
        change = {"site": "South", "description": "a secret of South's"}
        assert world.admin.patch(path, json=change, headers={"If-Match": '"2"'}).status_code == 200
        # When
        again = submit(client, **more)
        # Then
        assert again.get_json() == first.get_json()
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            '{"description": "x", "extra": {"a": 1, "b": {"c": 2, "d": 3}}}',
            '{"extra": {"b": {"d": 3, "c": 2}, "a": 1}, "description": "x"}',
        ),
        ('{"description": "x", "extra": {"n": 1}}', '{"description": "x", "extra": {"n": 1.0}}'),
        ('{"description": "x"}', '{"description": "  x ", "severity": "medium", "site": null}'),
    ],
)
def test_bodies_are_the_same_by_what_they_mean(world: World, first: str, second: str) -> None:
    client, headers = world.program(), {"Idempotency-Key": "k", "Content-Type": "application/json"}
    bodies = [client.post(URL, data=body, headers=headers) for body in (first, second)]
    assert [one.status_code for one in bodies] == [201, 201]
    assert world.counts()["complaint"] == 1


def test_a_comment_that_is_sent_again_is_the_same_one(world: World) -> None:
    # Given
    agent, complaint = world.signed_in(), world.complaint()
    url, headers = f"{URL}/{complaint['id']}/comments", {"Idempotency-Key": "k"}
    # When
    first, again = (agent.post(url, json={"text": "x"}, headers=headers) for _ in range(2))
    # Then
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.counts()["comment"] == 1
    # And the key stands for nothing else: no other text, no other complaint, no submission
    other = f"{URL}/{world.complaint()['id']}/comments"
    for path, body in ((url, {"text": "y"}), (other, {"text": "x"}), (URL, {"description": "x"})):
        assert problem_of(agent.post(path, json=body, headers=headers), 422)["code"] == "idempotency_mismatch"
    assert world.counts()["comment"] == 1


def test_another_body_under_the_same_key_is_refused(world: World) -> None:
    client = world.program()
    submit(client)
    assert problem_of(submit(client, description="y"), 422)["code"] == "idempotency_mismatch"
    assert world.counts()["complaint"] == 1


def test_the_same_key_of_another_client_is_another_submission(world: World) -> None:
    clients = [world.program(), world.program(), world.signed_in(), world.anonymous]
    bodies = [submit(client).get_json() for client in clients]
    assert len({body["id"] for body in bodies}) == len(clients)


def test_unknown_senders_are_told_apart_by_address_and_body(world: World) -> None:
    first = submit(world.anonymous).get_json()
    assert submit(world.anonymous).get_json()["id"] == first["id"]
    assert submit(world.anonymous, description="y").get_json()["id"] != first["id"]


def test_a_refused_submission_leaves_the_key_free(world: World) -> None:
    client = world.program()
    problem_of(submit(client, category="weather"), 422)
    assert world.counts()["idempotency_record"] == 0
    assert submit(client).status_code == 201


def test_a_key_that_is_none_is_refused(world: World) -> None:
    for key in ("", "  ", "x" * 201, "\x00"):
        problem_of(submit(world.signed_in(), key), 422)
    assert world.counts()["complaint"] == 0


def test_two_at_once_leave_one_complaint(world: World) -> None:
    # Given
    source = world.program()
    start = threading.Barrier(6)
    answers: list[TestResponse] = []

    def send() -> None:
        client = world.app.test_client(use_cookies=False)
        client.environ_base.update(source.environ_base)
        start.wait()
        answers.append(submit(client))

    threads = [threading.Thread(target=send) for _ in range(6)]
    # When
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then
    done = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len({answer.get_json()["id"] for answer in done}) == 1
    assert {answer.get_json()["code"] for answer in refused} <= {"idempotency_running"}
    assert len([answer for answer in done if "Idempotency-Replayed" not in answer.headers]) == 1
    assert world.counts()["complaint"] == len(world.all(IdempotencyRecord)) == 1
