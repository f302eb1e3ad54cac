"""What may happen in between: revocations while somebody is let in."""

import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from redis import Redis

from complaints.accounts.sessions import REVOKED_CHANNEL, Identity, revoke
from complaints.clock import utcnow
from complaints.errors import Unauthenticated
from tests.integration.hub.conftest import Connect, StartHub
from tests.integration.hub.harness import wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.entry.recheck import Recheck
from web.hub.loop.heartbeat import Intervals
from web.hub.telemetry.report_store import HUBS


class SlowTokens:
    """Hold the answers to tokens back until told; fail while away."""

    def __init__(self, tokens: Tokens) -> None:
        self._identify = tokens.identify
        self.asked, self.answer = threading.Event(), threading.Event()
        self.is_away = False

    def identify(self, tokens: Sequence[Any]) -> list[Identity | Unauthenticated]:
        if self.is_away:
            raise ConnectionError
        known = self._identify(tokens)
        self.asked.set()
        self.answer.wait(20)
        return known


def test_a_session_revoked_while_it_is_let_in_is_closed_long_before_the_next_round(
    start_hub: StartHub, tokens: Tokens, writing: Writing, redis: Redis
) -> None:
    # Given: the token was looked at, the answer is on its way
    token = tokens.give()
    [known], slow = tokens.identify([token]), SlowTokens(tokens)
    assert isinstance(known, Identity)
    tokens.identify = slow.identify  # type: ignore[method-assign]
    hub = start_hub(intervals=Intervals(recheck_every_seconds=600))
    wait_until(lambda: redis.zcard(HUBS) and redis.pubsub_numsub(REVOKED_CHANNEL)[0][1])
    ada = Peer(hub, token)
    assert slow.asked.wait(5)
    # When
    with writing.database.write() as session:
        revoke(session, known.session_id, known.holder_id, now=utcnow())
    redis.publish(REVOKED_CHANNEL, str(known.session_id))
    threading.Timer(0.2, slow.answer.set).start()
    # Then
    ada.hear("welcome")
    assert ada.closed_with() == 4503
    ada.close()


@pytest.fixture
def slow(tokens: Tokens) -> Iterator[SlowTokens]:
    """The hub's tokens, answered when the test says so."""
    made = SlowTokens(tokens)
    tokens.identify = made.identify  # type: ignore[method-assign]
    yield made
    made.answer.set()


def test_who_leaves_before_the_answer_takes_no_place_from_who_waits(
    start_hub: StartHub, tokens: Tokens, slow: SlowTokens
) -> None:
    # Given
    hub = start_hub(sockets_per_operator=3)
    token = tokens.give()
    gone = [Peer(hub, token) for _ in range(5)]
    assert slow.asked.wait(5)
    # When
    for one in gone:
        one.sock.shutdown(socket.SHUT_WR)  # all that TCP shows of a peer that has closed
    wait_until(lambda: not hub._parts.context.loop.connections)
    waits = Peer(hub, token)
    slow.answer.set()
    # Then
    waits.hear("welcome")
    for one in (waits, *gone):
        one.close()


def test_who_waits_too_long_for_the_answer_is_asked_to_come_back(
    start_hub: StartHub, tokens: Tokens, slow: SlowTokens
) -> None:
    # Given
    hub = start_hub(intervals=Intervals(authenticate_within_seconds=0.5))
    # When
    ada = Peer(hub, tokens.give())
    # Then
    assert ada.closed_with() == 4001
    ada.close()


def test_a_database_that_is_away_when_a_newer_token_comes_costs_no_socket(
    start_hub: StartHub, tokens: Tokens, slow: SlowTokens
) -> None:
    # Given
    slow.answer.set()
    ada = Peer(start_hub(), tokens.give()).live()
    newer = tokens.renew("ada", "newer")
    # When
    slow.is_away = True
    ada.say(type="auth", token=newer)
    # Then
    assert ada.hear("error")["detail"] == "auth: try again later"
    # When
    slow.is_away = False
    ada.say(type="auth", token=newer)
    ada.say(type="subscribe")
    # Then
    assert ada.hear("live")
    ada.close()


@pytest.mark.parametrize(
    ("differences", "outcome"), [({"role": "viewer"}, 4503), ({"sites": None}, "rights")]
)
def test_rights_that_changed_before_a_newer_token_was_looked_at_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
    peer: Connect,
    tokens: Tokens,
    differences: dict[str, Any],
    outcome: int | str,
) -> None:
    # Given: no look at all sessions in between
    monkeypatch.setattr(Recheck, "all", lambda self: None)
    ada = peer(sites=["North"]).live()
    newer = tokens.renew("token 0", "newer", **differences)
    # When
    ada.say(type="auth", token=newer)
    # Then
    assert (ada.closed_with() if outcome == 4503 else ada.hear("resync")["reason"]) == outcome
