"""Several processes behind one address, from the first socket to SIGTERM."""

import signal
from contextlib import ExitStack

from prometheus_client.parser import text_string_to_metric_families

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import Deployment, wait_until


def scrape(deployment: Deployment, name: str) -> tuple[int, float]:
    """Return of how many workers one sample of a scrape tells, and the sum over its series."""
    families = list(text_string_to_metric_families(deployment.fetch("/metrics")[1].decode()))
    found = [one for family in families for one in family.samples if one.name == name]
    return len({sample.labels["worker"] for sample in found}), sum(sample.value for sample in found)


def test_two_processes_serve_add_up_their_numbers_and_say_goodbye(deploy: Deploy) -> None:
    # Given
    deployment = deploy(WEB_CONCURRENCY="2")
    token = deployment.token()
    viewer = deployment.token(deployment.operator("viewer"))
    deployment.wait_for_stats(token, lambda stats: sum(bool(one["epoch"]) for one in stats["processes"]) == 2)
    with ExitStack() as stack:
        clients = [stack.enter_context(deployment.live(who)) for who in [token] + [viewer] * 9]
        # When
        deployment.submit()
        for client in clients:
            client.say(type="seen", seq=client.hear("event")["seq"])
        # Then
        stats = deployment.wait_for_stats(
            token,
            lambda stats: stats["connections"] == stats["sent"] == 10 and len(stats["processes"]) == 2,
        )
        assert stats["connections_by_role"] == {"admin": 1, "viewer": 9}
        assert stats["complete"]
        assert 0 < stats["lag_ms"]["p50"] <= stats["lag_ms"]["p99"] < 5000
        deployment.wait_for_stats(token, lambda stats: stats["screen_lag_ms"]["p50"])
        assert deployment.get("/api/v1/websocket/stats", viewer)[0] == 403
        assert deployment.health()[1]["processes"] == {"ok": 2, "degraded": 0, "down": 0}
        # Then: whichever worker is asked, Prometheus is told of both
        for name in ("connections", "sent_total", "screen_lag_seconds_count"):
            family = f"redress_hub_{name}"
            wait_until(lambda family=family: {scrape(deployment, family) for _ in range(5)} == {(2, 10)})
        wait_until(lambda: scrape(deployment, "process_resident_memory_bytes")[0] == 2)
        # When
        assert deployment.process is not None
        deployment.process.send_signal(signal.SIGTERM)
        # Then
        assert [client.closed_with() for client in clients] == [4001] * 10
    assert deployment.process.wait(timeout=10) == 0
