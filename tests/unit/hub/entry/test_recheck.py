"""Looks at sessions come back in any order; what is older than what was applied changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from complaints.accounts.sessions import PROGRAM, Identity
from complaints.clock import utcnow
from web.hub.core.close_codes import CloseCode
from web.hub.entry.recheck import Recheck

SESSION = UUID(int=2)
WIDE = Identity(UUID(int=1), SESSION, "Ada", "agent", None, datetime(2026, 5, 1, tzinfo=UTC))
PROGRAM_NOW = replace(WIDE, role=PROGRAM, expires_at=None)
NARROW = replace(WIDE, sites=frozenset(["North"]))


class FakeConnection:
    """Known, and open until it is closed."""

    def __init__(self) -> None:
        self.identity = WIDE
        self.expires = 0.0
        self.is_open = True
        self.code: CloseCode | None = None

    def close(self, code: CloseCode) -> None:
        self.is_open, self.code = False, code


class Office:
    """Sessions as the database has them; answers arrive in the order that the test chooses."""

    def __init__(self) -> None:
        self.living = {SESSION: WIDE}
        self.connection = FakeConnection()
        self.answers: list[Callable[[], object]] = []
        self.calls: list[Callable[[], object]] = []
        loop = SimpleNamespace(
            connections={1: self.connection},
            call=self.calls.append,
            guard=lambda connection, function: function(),
        )
        context = SimpleNamespace(loop=loop, run_in_helper=self.run_in_helper)
        self.ends: list[float] = []
        self.recheck = Recheck(
            cast(Any, context), self.load, lambda connection: None, lambda one: self.ends.append(one.expires)
        )

    def load(self, sessions: Iterable[UUID]) -> Mapping[UUID, Identity]:
        return {session: self.living[session] for session in sessions if session in self.living}

    def run_in_helper(
        self, job: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[], object]
    ) -> None:
        found = job()
        self.answers.append(lambda: done(found))

    def let_in(self, identity: Identity, number: int) -> None:
        self.connection.identity = identity
        self.recheck.let_in(SESSION, number)
        while self.calls:
            self.calls.pop(0)()

    def sites(self) -> frozenset[str] | None:
        return self.connection.identity.sites


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_older_look_that_comes_late_does_not_bring_wider_rights_back(office: Office) -> None:
    # Given
    office.recheck.all()
    office.living[SESSION] = NARROW
    office.recheck.signalled(str(SESSION))
    late, newer = office.answers
    # When
    newer()
    late()
    # Then
    assert office.sites() == NARROW.sites
    # When
    office.living[SESSION] = WIDE
    office.recheck.signalled("operator:" + str(WIDE.holder_id))
    office.answers[-1]()
    # Then
    assert office.sites() is None


def test_a_look_older_than_a_newer_token_does_not_bring_wider_rights_back(office: Office) -> None:
    # Given
    office.recheck.all()
    [late] = office.answers
    # When
    office.let_in(NARROW, office.recheck.begin())
    late()
    # Then
    assert office.sites() == NARROW.sites


def test_who_is_let_in_by_a_look_older_than_a_signal_is_looked_at_again(office: Office) -> None:
    # Given
    number = office.recheck.begin()
    office.connection.identity = replace(WIDE, session_id=UUID(int=3))
    office.recheck.signalled(str(SESSION))
    assert not office.answers
    del office.living[SESSION]
    # When
    office.let_in(WIDE, number)
    [again] = office.answers
    again()
    # Then
    assert office.connection.code == CloseCode.REVOKED


def test_who_is_let_in_by_the_newest_look_is_not_looked_at_again(office: Office) -> None:
    office.recheck.signalled(str(UUID(int=9)))
    office.let_in(WIDE, office.recheck.begin())
    assert not office.answers


@pytest.mark.parametrize("signal", [str(SESSION), f"api_client:{WIDE.holder_id}"])
def test_a_key_that_another_replaces_ends_when_it_is_said_to(office: Office, signal: str) -> None:
    # Given
    office.connection.identity = PROGRAM_NOW
    office.living[SESSION] = replace(PROGRAM_NOW, expires_at=utcnow() + timedelta(hours=24))
    # When
    for text in (signal, signal):
        office.recheck.signalled(text)
        office.answers.pop()()
    # Then
    hours = timedelta(seconds=office.connection.expires - monotonic()) / timedelta(hours=1)
    assert 23.9 < hours <= 24
    assert office.ends == [office.connection.expires]


def test_a_token_ends_when_it_said_itself_whatever_its_session_says(office: Office) -> None:
    office.living[SESSION] = replace(WIDE, expires_at=utcnow() + timedelta(days=14))
    office.recheck.all()
    office.answers.pop()()
    assert (office.connection.expires, office.ends) == (0.0, [])
