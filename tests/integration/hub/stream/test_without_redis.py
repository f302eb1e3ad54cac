"""Who is connected stays right while Redis is away: hubs look by themselves now and then, and caps are open."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from complaints.accounts.sessions import revoke
from complaints.clock import utcnow
from complaints.models import Operator
from complaints.redis_client import connect
from tests.integration.hub.conftest import StartHub
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.loop.heartbeat import Intervals

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def hubs(start_hub: StartHub) -> Iterator[list[Hub]]:
    """Two hubs that let an operator have one socket, and have no Redis to count them in."""
    with connect(NOBODY) as nobody:
        intervals = Intervals(recheck_every_seconds=0.5)
        yield [start_hub(client=nobody, intervals=intervals, sockets_per_operator=1) for _ in range(2)]


@pytest.fixture
def peers(hubs: list[Hub], tokens: Tokens) -> Iterator[list[Peer]]:
    """One operator's sockets, two at each hub."""
    token = tokens.give("ada", sites=["North"])
    with ExitStack() as stack:
        found = [Peer(hub, token) for hub in hubs * 2]
        for one in found:
            stack.callback(one.close)
            one.live()
        yield found


def test_a_closed_session_ends_its_sockets_everywhere(
    peers: list[Peer], tokens: Tokens, writing: Writing
) -> None:
    # When
    known = tokens.holder("ada")
    with writing.database.write() as session:
        revoke(session, known.session_id, known.holder_id, now=utcnow())
    # Then
    assert [one.closed_with() for one in peers] == [4503] * 4


def test_another_role_ends_sockets_everywhere(peers: list[Peer], tokens: Tokens, writing: Writing) -> None:
    # When
    with writing.database.write() as session:
        session.get_one(Operator, tokens.holder("ada").holder_id).role = "viewer"
    # Then
    assert [one.closed_with() for one in peers] == [4503] * 4


def test_other_sites_are_told_of_everywhere(peers: list[Peer], tokens: Tokens, writing: Writing) -> None:
    # When
    with writing.database.write() as session:
        session.get_one(Operator, tokens.holder("ada").holder_id).sites = ["South"]
    # Then
    assert [one.hear("resync")["reason"] for one in peers] == ["rights"] * 4
