"""Forgotten passwords: whoever asks is answered the same, and only whose account it is learns more, by mail."""

from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from complaints.events.wakeups import SEND_MAIL
from complaints.models import Mail
from tests.integration.api.people import PASSWORD, Pokes, World, problem_of

FORGOT = "/api/v1/auth/password/forgot"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "redress@example.org"}


def ask(world: World, email: str, address: str = "192.0.2.1") -> TestResponse:
    return world.anonymous.post(FORGOT, json={"email": email}, environ_base={"REMOTE_ADDR": address})


def test_a_mail_is_owed_to_the_account_as_it_is_spelt(world: World, pokes: Pokes) -> None:
    world.operator(email="ada@example.org", password=PASSWORD)
    assert ask(world, " Ada@EXAMPLE.org").status_code == 202
    [mail] = world.all(Mail)
    assert (mail.address, mail.kind, mail.state) == ("ada@example.org", "password_reset", "pending")
    assert pokes.next() == SEND_MAIL


@SQLITE
def test_the_door_does_the_same_whether_there_is_such_an_account(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    world.operator(email="gone@example.org", active=False)
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    engine, answers = world.database._writing, []
    event.listen(engine, "before_cursor_execute", note)
    # When
    for email in ("ada@example.org", "gone@example.org", "nobody@example.org", "no address"):
        before = len(statements)
        answer = ask(world, email)
        answers.append((answer.status_code, answer.get_data(), statements[before:]))
    event.remove(engine, "before_cursor_execute", note)
    # Then
    assert answers[0][2]
    assert all(answer == answers[0] for answer in answers)


@SQLITE
def test_asking_is_throttled_by_account_and_by_address(world: World) -> None:
    for number in range(3):
        assert ask(world, "ada@example.org", f"192.0.2.{number}").status_code == 202
    problem = problem_of(ask(world, "ada@example.org", "192.0.2.9"), 429)
    assert problem["code"] == "throttled"
    for number in range(20):
        assert ask(world, f"{number}@example.org", "198.51.100.1").status_code == 202
    problem_of(ask(world, "another@example.org", "198.51.100.1"), 429)
    assert world.count(Mail) == 23


@SQLITE
def test_what_no_address_can_be_is_refused(world: World) -> None:
    for email in ("", " ", "x" * 400, "a\x00@example.org"):
        assert problem_of(ask(world, email), 422)["errors"][0]["pointer"] == "/email"
    assert world.count(Mail) == 0


class TestWithoutAMailServer:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {}

    @SQLITE
    def test_it_says_so(self, world: World) -> None:
        assert problem_of(ask(world, "ada@example.org"), 409)["code"] == "mail_off"
        assert world.count(Mail) == 0
