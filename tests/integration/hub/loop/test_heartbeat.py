"""Peers that are gone without a word: they are closed and no longer counted, and others notice nothing."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.integration.hub.conftest import StartHub
from tests.integration.hub.harness import Deployment, wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.loop.heartbeat import Intervals

CLIENT = """
import json, sys, time
from websockets.sync.client import connect
with connect(sys.argv[1], additional_headers={"Authorization": f"Bearer {sys.argv[2]}"}) as ws:
    ws.send(json.dumps({"type": "subscribe"}))
    print(ws.recv(), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def brisk(start_hub: StartHub) -> Hub:
    """A hub that asks often, and waits as long as a busy machine may take to answer."""
    return start_hub(intervals=Intervals(ping_every_seconds=2.0, pong_within_seconds=8.0))


def test_a_peer_that_went_silent_is_closed_and_gone_from_the_numbers_while_who_answers_stays(
    brisk: Hub, tokens: Tokens, writing: Writing
) -> None:
    # Given: two that are live; of one nothing comes any more, as when its network is gone
    answering, silent = Peer(brisk, tokens.give("ada")).live(), Peer(brisk, tokens.give("bob")).live()
    wait_until(lambda: brisk.stats()["connections"] == 2)

    # When
    def only_one_is_left() -> bool:
        answering.hear("ping")
        answering.say(type="pong")
        return bool(brisk.stats()["connections"] == 1)

    wait_until(only_one_is_left)
    # Then
    assert silent.closed_with() == 4012
    writing.submit()
    assert answering.hear("event")["seq"] == 1
    # Then: the descriptor goes, too, though the silent one never closes its own
    with pytest.raises(BrokenPipeError):
        wait_until(lambda: silent.sock.send(b"\0", socket.MSG_NOSIGNAL) == 0)
    for one in (answering, silent):
        one.close()


@pytest.fixture
def client_process(deployment: Deployment) -> Iterator["subprocess.Popen[str]"]:
    """A client in a process of its own, welcomed."""
    url = f"ws://127.0.0.1:{deployment.port}/api/v1/websocket"
    token = deployment.token(deployment.operator("viewer"))
    process = subprocess.Popen([sys.executable, "-c", CLIENT, url, token], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert "welcome" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_client_that_was_killed_is_gone_at_once(
    deployment: Deployment, client_process: "subprocess.Popen[str]"
) -> None:
    # Given
    token = deployment.token()
    deployment.wait_for_stats(token, lambda stats: stats["connections_by_role"].get("viewer") == 1)
    # When
    client_process.kill()
    # Then
    deployment.wait_for_stats(token, lambda stats: not stats["connections_by_role"].get("viewer"), 10)
