"""What a repeat is answered lies in the database, and nobody reads it there."""

from pathlib import Path
from typing import Any

import pytest

from complaints.models import IdempotencyRecord
from tests.integration.api.idempotency.creating import CREATING, REPLAYED, SECRET, Place, an_invitation
from tests.integration.api.people import World, problem_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(world: World) -> Place:
    return Place(world)


def bytes_of(world: World) -> bytes:
    """Return all that the database's files hold."""
    path = Path(world.database.url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def rotate(world: World) -> None:
    config = world.app.config
    before = config["JWT_SECRET_KEY"]
    config.update(JWT_SECRET_KEY_PREVIOUS=before, JWT_SECRET_KEY="after-" + before)


@pytest.mark.parametrize("path", SECRET)
def test_a_secret_that_was_shown_is_not_in_the_database(place: Place, path: str) -> None:
    # Given
    answer = place.send(path).get_json()
    secret = CREATING[path].secret
    assert secret is not None
    # Then
    [record] = place.world.all(IdempotencyRecord)
    assert record.answer
    assert secret(answer).encode() not in bytes_of(place.world)
    assert secret(place.send(path).get_json()) == secret(answer)


def test_a_password_that_was_sent_is_not_there_either_nor_a_hash_to_try_words_against(place: Place) -> None:
    # Given
    password = "a staple that nobody else has"
    body: dict[str, Any] = {**an_invitation("a@example.org"), "password": password}
    assert place.send("/operators", body).status_code == 201
    # Then
    [record] = place.world.all(IdempotencyRecord)
    assert record.fingerprint == "sealed"
    assert b"a@example.org" in bytes_of(place.world)
    assert password.encode() not in bytes_of(place.world)
    # And the password counts
    assert place.send("/operators", body).headers[REPLAYED] == "true"
    other = place.send("/operators", {**body, "password": password + "!"})
    assert problem_of(other, 422)["code"] == "idempotency_mismatch"


def test_after_a_rotation_the_previous_key_opens_them(place: Place) -> None:
    first = place.send("/telegram/link")
    rotate(place.world)
    again = place.send("/telegram/link")
    assert again.get_json() == first.get_json()
    assert again.headers[REPLAYED] == "true"


@pytest.mark.parametrize("path", SECRET)
def test_what_no_key_opens_is_not_made_again(place: Place, path: str) -> None:
    # Given
    place.send(path)
    made = place.made(path)
    # When
    rotate(place.world)
    rotate(place.world)
    again = place.send(path, who=place.again())
    # Then
    problem = problem_of(again, 409)
    assert problem["code"] == "idempotency_answer_lost"
    assert "another key" in problem["detail"]
    assert place.made(path) == made


def test_an_answer_opens_for_nobody_but_who_got_it(place: Place) -> None:
    """Who can write to the database can't lay one caller's answer under another's key."""
    # Given two callers with the same key
    other = place.world.signed_in("admin")
    place.send("/telegram/link")
    place.send("/telegram/link", who=other)
    # When
    with place.world.database.write() as session:
        rows = [session.merge(row) for row in place.world.all(IdempotencyRecord)]
        rows[0].answer, rows[1].answer = rows[1].answer, rows[0].answer
    # Then
    for who in (place.admin, other):
        assert problem_of(place.send("/telegram/link", who=who), 422)["code"] == "idempotency_mismatch"
