"""How sockets end when the process does, when a peer stalls, and when a start must not be."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import ROOT, Deployment, os_environment
from tests.integration.hub.raw import RawSocket
from web.hub.socket.send_buffer import WRITE_DEADLINE_SECONDS


def test_sigint_says_goodbye_too(deploy: Deploy) -> None:
    deployment = deploy()
    with deployment.live() as client:
        assert deployment.process is not None
        deployment.process.send_signal(signal.SIGINT)
        assert client.closed_with() == 4001
    assert deployment.process.wait(timeout=10) == 0


def test_a_peer_that_does_not_read_delays_nobody_by_anything_like_its_write_deadline(
    deployment: Deployment,
) -> None:
    # Given
    token = deployment.token()
    with deployment.live(token) as reader, stalled_peer(deployment, token):
        slowest = 0.0
        # When: more than its kernel buffers hold
        for _ in range(10):
            deployment.submit_many(25, "x" * 4000)
            start = time.monotonic()
            deployment.sequence()
            reader.hear_seqs(25)
            slowest = max(slowest, time.monotonic() - start)
        # Then
        assert slowest < WRITE_DEADLINE_SECONDS / 2
        assert deployment.health()[0] == 200
        deployment.wait_for_stats(token, lambda stats: stats["queued_bytes"] > 0)


@contextmanager
def stalled_peer(deployment: Deployment, token: str) -> Iterator[None]:
    """A socket that subscribes and then reads no more."""
    with RawSocket(deployment.port, receive_buffer=4096, Authorization=f"Bearer {token}") as raw:
        raw.say(b'{"type":"subscribe"}')
        yield


def start_that_fails(deployment: Deployment, *arguments: str) -> str:
    command = [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn_conf.py", *arguments, "web.wsgi:app"]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os_environment(deployment),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ended.returncode != 0
    return ended.stderr + ended.stdout


def test_a_port_that_is_taken_gives_one_line(deployment: Deployment) -> None:
    assert start_that_fails(deployment).splitlines() == [
        f"redress: 127.0.0.1:{deployment.port} is taken by another program. Set PORT to a free one."
    ]


def test_tls_is_refused_with_one_line(deployment: Deployment, tmp_path_factory: object) -> None:
    said = start_that_fails(deployment, "--certfile", str(ROOT / "pyproject.toml"))
    assert len(said.splitlines()) == 1
    assert "TLS ends at the proxy" in said
