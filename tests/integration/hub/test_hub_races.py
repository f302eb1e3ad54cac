"""What may happen in between: revocations while somebody is let in."""

import threading
from collections.abc import Sequence
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
from web.hub.pulse import Pace
from web.hub.recheck import Recheck
from web.hub.telemetry.stats import HUBS


class SlowTokens:
    """Hold the answer to a token back until told."""

    def __init__(self, tokens: Tokens) -> None:
        self._identify = tokens.identify
        self.asked, self.answer = threading.Event(), threading.Event()

    def identify(self, tokens: Sequence[str]) -> list[Identity | Unauthenticated]:
        known = self._identify(tokens)
        self.asked.set()
        self.answer.wait(5)
        return known


def test_a_session_revoked_while_it_is_let_in_is_closed_long_before_the_next_round(
    start_hub: StartHub, tokens: Tokens, writing: Writing, redis: Redis
) -> None:
    # Given: the token was looked at, the answer is on its way
    token = tokens.give()
    [known], slow = tokens.identify([token]), SlowTokens(tokens)
    assert isinstance(known, Identity)
    tokens.identify = slow.identify  # type: ignore[method-assign]
    hub = start_hub(pace=Pace(recheck_every=600))
    wait_until(lambda: redis.zcard(HUBS) and redis.pubsub_numsub(REVOKED_CHANNEL)[0][1])
    ada = Peer(hub, token)
    assert slow.asked.wait(5)
    # When
    with writing.database.write() as session:
        revoke(session, known.session_id, known.operator_id, now=utcnow())
    redis.publish(REVOKED_CHANNEL, str(known.session_id))
    threading.Timer(0.2, slow.answer.set).start()
    # Then
    ada.hear("welcome")
    assert ada.closed_with() == 4503
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
