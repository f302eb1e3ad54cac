"""The socket leaves gunicorn: its threads stay free, its count stays right, no descriptor is left behind."""

import os
from contextlib import ExitStack

import pytest

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import Deployment, wait_until

MANY = 100
STRICT = ("--threads", "4", "--worker-connections", "20")


@pytest.fixture
def strict(deploy: Deploy) -> Deployment:
    """A gunicorn that stops accepting at 20 connections of its own, and a hub that does at 100 sockets."""
    return deploy(*STRICT, SOCKETS_PER_OPERATOR="1000", SOCKETS_PER_PROCESS=str(MANY))


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_many_sockets_leave_gunicorn_free_up_to_the_cap_and_go_without_a_trace(strict: Deployment) -> None:
    # Given
    token, worker = strict.token(), strict.worker_pid()
    with strict.live(token):
        pass
    wait_until(lambda: strict.health()[1]["connections"] == 0)
    before = descriptors(worker)
    with ExitStack() as stack:
        clients = [stack.enter_context(strict.live(token)) for _ in range(MANY)]
        # When
        answers = [strict.health()[0] for _ in range(30)]
        complaint = strict.submit()
        # Then
        assert answers == [200] * 30
        assert {client.hear("event")["data"]["id"] for client in clients} == {str(complaint.id)}
        assert wait_until(lambda: strict.health()[1]["connections"] == MANY)
        assert strict.refused() == (503, "sockets_full")
    assert wait_until(lambda: descriptors(worker) < before + MANY / 4)  # pools may have grown a little
    assert [strict.health()[0] for _ in range(30)] == [200] * 30
    wait_until(lambda: strict.health()[1]["connections"] == 0)
    with strict.live(token):
        pass
