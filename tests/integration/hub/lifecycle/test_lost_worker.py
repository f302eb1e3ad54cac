"""A worker whose hub has died is replaced, as gunicorn and its log tell of it."""

import time
from pathlib import Path

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import Deployment, wait_until

FATAL = "the end of the loop"
MORTAL = ("-c", str(Path(__file__).with_name("mortal_conf.py")))


def other_worker(deployment: Deployment, before: int) -> bool:
    try:
        return deployment.worker_pid() != before
    except IndexError:
        return False


def test_a_worker_whose_loop_dies_ends_and_is_replaced_but_not_in_a_spin(
    deploy: Deploy, tmp_path: Path
) -> None:
    # Given
    log = tmp_path / "log"
    deployment = deploy(*MORTAL, output=log)
    token, worker = deployment.token(), deployment.worker_pid()
    with deployment.live(token) as client:
        # When
        deployment.submit(FATAL)
        assert client.closed_with() is None
        died = time.monotonic()
    # Then
    wait_until(lambda: other_worker(deployment, worker))
    assert time.monotonic() - died > 1
    wait_until(lambda: deployment.health()[0] == 200)
    with deployment.client(token) as client:
        client.hear("welcome")
        client.say(type="subscribe", after=0)
        assert client.hear("event")["data"]["description"] == FATAL
        deployment.submit()
        assert client.hear_seqs(1) == [2]
    assert log.read_text().count("hub_thread_died") == 1
