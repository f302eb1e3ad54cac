"""What hubs say of themselves and of each other: at once, of what is live, and without waiting for Redis."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from complaints.redis_client import connect
from tests.integration.hub.conftest import StartHub
from tests.integration.hub.harness import wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.lifecycle.housekeeping import Housekeeping
from web.hub.telemetry import report_store
from web.hub.telemetry.report_store import HUBS

HANGS_SECONDS = 20.0


@pytest.fixture
def hanging_redis() -> Iterator[Redis]:
    """A Redis that takes every command and answers none, until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = connect(f"redis://127.0.0.1:{server.getsockname()[1]}/0", answer_timeout=HANGS_SECONDS)
        taken: list[socket.socket] = []
        threading.Thread(target=_take, args=(server, taken), daemon=True).start()
        yield client
        server.shutdown(socket.SHUT_RDWR)
    for one in taken:
        one.close()
    client.close()


def _take(server: socket.socket, taken: list[socket.socket]) -> None:
    try:
        while True:
            taken.append(server.accept()[0])
    except OSError:
        return


def test_a_hub_that_is_ready_has_told_the_others_and_answers_with_its_present_numbers(
    start_hub: StartHub, tokens: Tokens, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: hubs whose housekeeping never runs
    monkeypatch.setattr(Housekeeping, "tick", lambda self, now: None)
    hub, other = start_hub(), start_hub()
    wait_until(lambda: redis.zcard(HUBS) == 2)
    ada = Peer(hub, tokens.give()).live()
    # When
    figures = hub.stats()
    # Then
    assert figures["connections"] == 1
    assert figures["connections_by_role"] == {"agent": 1}
    assert len(figures["processes"]) == 2
    assert all(one["epoch"] for one in figures["processes"])
    assert figures["complete"]
    assert other.health()["processes"] == {"ok": 2, "degraded": 0, "down": 0}
    ada.close()


def test_prometheus_is_told_of_the_workers_of_one_gunicorn_not_of_its_neighbours(
    start_hub: StartHub, redis: Redis
) -> None:
    # Given
    hubs = [start_hub(group=gunicorn) for gunicorn in ("ours", "ours", "theirs")]
    wait_until(lambda: redis.zcard(HUBS) == 3)
    # When
    told_of = [
        len(family.samples)
        for hub in hubs
        for family in hub.metrics().collect()
        if family.name == "redress_hub_head"
    ]
    # Then
    assert told_of == [2, 2, 1]


def test_a_host_whose_clock_is_ahead_does_not_make_the_others_forgotten(
    start_hub: StartHub, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(Housekeeping, "tick", lambda self, now: None)
    hub = start_hub()
    wait_until(lambda: redis.zcard(HUBS) == 1)
    # When
    ahead = time.time() + 60
    monkeypatch.setattr(report_store, "time", lambda: ahead)
    start_hub()
    # Then
    wait_until(lambda: len(hub.stats()["processes"]) == 2)
    assert redis.zcard(HUBS) == 2


def test_a_redis_that_hangs_keeps_neither_health_nor_stats_waiting(
    start_hub: StartHub, tokens: Tokens, hanging_redis: Redis
) -> None:
    # Given
    hub = start_hub(client=hanging_redis)
    # When
    start = time.monotonic()
    health = [hub.health() for _ in range(2)]
    figures = hub.stats()
    families = {family.name for family in hub.metrics().collect()}
    # Then
    assert time.monotonic() - start < HANGS_SECONDS / 2
    assert {one["processes"] for one in health} == {None}
    assert not figures["complete"]
    assert len(figures["processes"]) == 1
    assert "redress_hub_lag_seconds" in families


def test_lags_are_of_live_events_not_of_replayed_ones(
    writing: Writing, start_hub: StartHub, tokens: Tokens
) -> None:
    # Given
    for _ in range(2):
        writing.submit()
    hub = start_hub()
    ada = Peer(hub, tokens.give())
    # When: replayed and seen
    ada.live(after=0)
    say_seen(ada, 2)
    # Then
    assert lags_counted(hub) == [0, 0]
    # When: live and seen
    writing.submit()
    ada.hear_seqs(1)
    say_seen(ada, 3)
    # Then
    assert lags_counted(hub) == [1, 1]
    ada.close()


def lags_counted(hub: Hub) -> list[float]:
    """Return of how many events Prometheus is told: the lag to the write, and that to the screen."""
    families = {family.name: family for family in hub.metrics().collect()}
    return [
        sample.value
        for name in ("redress_hub_lag_seconds", "redress_hub_screen_lag_seconds")
        for sample in families[name].samples
        if sample.name.endswith("_count")
    ]


def say_seen(peer: Peer, seq: int) -> None:
    """Return when the hub has taken it in."""
    peer.say(type="seen", seq=seq)
    peer.say(type="nonsense")
    peer.hear("error")
