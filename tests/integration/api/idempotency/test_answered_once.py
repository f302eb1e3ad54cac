"""Every POST that creates is answered once: who sends it again gets the first answer, and nothing more is made."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from complaints.models import ApiKey, Chat, IdempotencyRecord, Operator
from tests.integration.api.idempotency.creating import CREATING, REPLAYED, Place
from tests.integration.api.people import World, problem_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEYS = "/api-clients/{client_id}/keys"
TEST = "/telegram/chats/{chat_id}/test"
AT_ONCE = 4


@pytest.fixture
def place(world: World) -> Place:
    return Place(world)


@SQLITE
@pytest.mark.parametrize("path", CREATING)
def test_a_repeat_gets_the_first_answer(place: Place, path: str) -> None:
    # Given
    before = place.made(path)
    first = place.send(path)
    # When
    again = place.send(path)
    # Then
    assert first.status_code in (201, 202)
    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json())
    assert again.headers[REPLAYED] == "true"
    assert REPLAYED not in first.headers
    assert place.made(path) == before + 1


@SQLITE
@pytest.mark.parametrize("path", CREATING)
def test_the_key_stands_for_nothing_else(place: Place, path: str) -> None:
    # Given
    place.send(path)
    made = place.made(path)
    # When another body comes with it, or it comes to another path
    other = CREATING[path].other
    answers = [] if other is None else [place.send(path, other)]
    answers += [place.send("/sites" if path != "/sites" else "/complaints")]
    # Then
    for answer in answers:
        assert problem_of(answer, 422)["code"] == "idempotency_mismatch"
    assert place.made(path) == made


@SQLITE
@pytest.mark.parametrize(
    ("path", "elsewhere"),
    [("/sites", "/api-clients"), ("/telegram/link", "/operators/{operator_id}/invitations")],
)
def test_the_same_body_at_another_path_is_another_request(place: Place, path: str, elsewhere: str) -> None:
    place.send(path)
    answer = place.send(elsewhere, CREATING[path].body)
    assert problem_of(answer, 422)["code"] == "idempotency_mismatch"


@SQLITE
@pytest.mark.parametrize("path", CREATING)
def test_the_same_key_of_somebody_else_is_another(place: Place, path: str) -> None:
    # Given
    somebody = place.world.signed_in("admin")
    first, made = place.send(path), place.made(path)
    # When
    other = place.send(path, CREATING[path].other, who=somebody)
    # Then
    if CREATING[path].once:
        problem_of(other, 409)
        return
    assert other.status_code == first.status_code
    assert REPLAYED not in other.headers
    assert other.get_json() != first.get_json()
    assert place.made(path) == made + 1


def test_of_many_at_once_one_creates(place: Place) -> None:
    start = threading.Barrier(AT_ONCE)
    clients = [place.again() for _ in range(AT_ONCE)]

    def send(path: str, client: FlaskClient) -> TestResponse:
        start.wait()
        return place.send(path, who=client, key=path)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for path in CREATING:
            # Given
            made = place.made(path)
            # When
            answers = list(threads.map(send, [path] * AT_ONCE, clients))
            # Then
            done = [answer for answer in answers if answer.status_code < 300]
            assert [REPLAYED in answer.headers for answer in done].count(False) == 1, path
            assert all(answer.get_json() == done[0].get_json() for answer in done), path
            refused = {answer.get_json()["code"] for answer in answers if answer not in done}
            assert refused <= {"idempotency_running"}, path
            assert place.made(path) == made + 1, path


@SQLITE
def test_bodies_are_the_same_by_what_they_mean(place: Place) -> None:
    first = place.send("/operators", {"email": "a@example.org", "name": "Grace", "role": "agent"})
    again = place.send(
        "/operators", {"role": "agent", "name": " Grace ", "email": "A@example.org", "sites": None}
    )
    assert again.headers[REPLAYED] == "true"
    assert again.get_json() == first.get_json()


@SQLITE
def test_what_was_refused_leaves_the_key_free(place: Place) -> None:
    # Given
    place.send("/sites", key="other")
    # When
    problem_of(place.send("/sites"), 409)
    # Then
    assert place.world.count(IdempotencyRecord) == 1
    assert place.send("/sites", {"name": "South"}).status_code == 201


@SQLITE
def test_what_was_taken_away_since_does_not_come_back(place: Place) -> None:
    # Given
    first = place.send("/sites")
    assert place.admin.delete("/api/v1/sites/North").status_code == 204
    # When
    again = place.send("/sites")
    # Then
    assert again.get_json() == first.get_json()
    assert again.headers[REPLAYED] == "true"
    assert place.made("/sites") == 0


@SQLITE
def test_who_may_no_longer_ask_for_it_gets_no_answer_again(place: Place) -> None:
    # Given
    place.send(KEYS)
    place.send(TEST, key="k-2")
    another = place.world.operator()
    # When the caller is admin no more, and the chat is another's
    with place.world.database.write() as session:
        session.execute(update(Chat).values(operator_id=another.id))
        session.execute(update(Operator).where(Operator.id == place.operator.id).values(role="agent"))
    # Then
    problem_of(place.send(KEYS), 403)
    problem_of(place.send(TEST, key="k-2"), 404)


@SQLITE
def test_without_a_key_each_request_creates(place: Place) -> None:
    url = "/api/v1" + KEYS.format(**place.names)
    keys = {place.admin.post(url, json={}).get_json()["key"] for _ in range(2)}
    assert len(keys) == 2
    assert place.world.count(ApiKey) == 1 + 2
    assert place.world.count(IdempotencyRecord) == 0
