"""Tokens that come together are looked at together."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from complaints.accounts.sessions import Identity
from complaints.errors import KeyExpired, KeyRevoked, SessionRevoked, TokenExpired, Unauthenticated
from web.hub.core.close_codes import CloseCode
from web.hub.entry.token_batches import BATCH, TokenBatches, TokenResult

ADA = Identity(UUID(int=1), UUID(int=2), "Ada", "agent", None, datetime(2026, 5, 1, tzinfo=UTC))
FOUND = {"ada": ADA, "old": TokenExpired("old"), "closed": SessionRevoked("closed")}
FOUND |= {"old key": KeyExpired("old"), "lost key": KeyRevoked("lost")}


class FakeContext:
    """Keeps jobs until the test lets them be done."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Callable[[], Any], Callable[[Any], object], Callable[[], object]]] = []

    def run_in_helper(
        self, job: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[], object]
    ) -> None:
        self.jobs.append((job, done, failed))

    def do_one(self) -> None:
        job, done, failed = self.jobs.pop(0)
        try:
            result = job()
        except ConnectionError:
            failed()
        else:
            done(result)


class FakeCap:
    """Has a number of places."""

    places = 1000

    def claim(self, places: Sequence[tuple[UUID, str]]) -> list[bool]:
        taken = [place < self.places for place in range(len(places))]
        self.places -= sum(taken)
        return taken


class Desk:
    """Token batches, what was looked at in one go, and what was answered."""

    def __init__(self) -> None:
        self.context, self.cap = FakeContext(), FakeCap()
        self.looked_at: list[list[str]] = []
        self.answers: list[TokenResult] = []
        self.is_away = False
        self.token_batches = TokenBatches(
            cast(Any, self.context), self.identify, cast(Any, self.cap), lambda: 1
        )

    def identify(self, tokens: Sequence[Any]) -> list[Identity | Unauthenticated]:
        if self.is_away:
            raise ConnectionError
        self.looked_at.append(list(tokens))
        return [FOUND.get(token, Unauthenticated("unknown")) for token in tokens]

    def ask(
        self, token: str, name: str | None = "hub.1", is_wanted: Callable[[], bool] = lambda: True
    ) -> None:
        self.token_batches.ask(token, self.answers.append, is_wanted=is_wanted, name=name)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_comes_while_one_is_looked_at_is_looked_at_together(desk: Desk) -> None:
    # Given
    desk.ask("ada")
    for _ in range(BATCH + 1):
        desk.ask("ada")
    # When
    while desk.context.jobs:
        desk.context.do_one()
    # Then
    assert [len(tokens) for tokens in desk.looked_at] == [1, BATCH, 1]
    assert desk.answers == [TokenResult(ADA)] * (BATCH + 2)


def test_each_refusal_has_its_close_code_and_goes_to_whoever_asked(desk: Desk) -> None:
    # Given
    desk.ask("ada")
    desk.context.do_one()
    desk.answers.clear()
    # When
    for token in ("old", "closed", "ada", "nonsense", "old key", "lost key"):
        desk.ask(token)
    while desk.context.jobs:
        desk.context.do_one()
    # Then
    assert desk.answers == [
        TokenResult(None, CloseCode.EXPIRED),
        TokenResult(None, CloseCode.REVOKED),
        TokenResult(ADA),
        TokenResult(None, CloseCode.BAD_TOKEN),
        TokenResult(None, CloseCode.EXPIRED),
        TokenResult(None, CloseCode.REVOKED),
    ]


def test_only_sockets_that_are_named_need_a_place(desk: Desk) -> None:
    # Given
    desk.cap.places = 1
    desk.ask("nonsense")
    desk.ask("ada", name=None)
    desk.ask("ada")
    desk.ask("ada")
    # When
    while desk.context.jobs:
        desk.context.do_one()
    # Then
    assert desk.answers[1:] == [TokenResult(ADA), TokenResult(ADA), TokenResult(None, CloseCode.TOO_MANY)]


def test_a_database_that_is_away_sends_them_off_to_come_back_and_stops_nothing(desk: Desk) -> None:
    # Given
    desk.is_away = True
    desk.ask("ada")
    desk.context.do_one()
    assert desk.answers == [TokenResult(None, CloseCode.RESTART)]
    # When
    desk.is_away = False
    desk.ask("ada")
    desk.context.do_one()
    # Then
    assert desk.answers[-1] == TokenResult(ADA)


def test_who_has_gone_is_not_looked_at_and_takes_no_place(desk: Desk) -> None:
    # Given: one that goes while it is looked at, and one that goes while it waits
    desk.cap.places = 1
    here = [True, True]
    desk.ask("ada", is_wanted=lambda: here[0])
    desk.ask("ada", is_wanted=lambda: here[1])
    here[:] = [False, False]
    desk.ask("ada")
    # When
    while desk.context.jobs:
        desk.context.do_one()
    # Then
    assert desk.looked_at == [["ada"], ["ada"]]
    assert desk.answers[-1] == TokenResult(ADA)
    assert desk.cap.places == 0
