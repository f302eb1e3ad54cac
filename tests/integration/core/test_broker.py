import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from tools.environment import free_port
from tools.procfile import ROOT
from tools.stack import eventually
from tools.valkey import EmbeddedValkey

HANDS = 1
HELD = 2  # one that is worked on, and the one of the prefetch


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path / "valkey", free_port()) as server:
        yield server


@pytest.fixture
def worker(valkey: EmbeddedValkey, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = (
        "-m celery --quiet --app tests.integration.core.busy_worker worker --without-gossip --without-mingle"
    )
    pool = f"--queues events --pool threads --concurrency {HANDS}"
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command.split(), *pool.split()],
            cwd=ROOT,
            env=os.environ | {"CELERY_BROKER_URL": valkey.url},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.usefixtures("worker")
def test_a_worker_that_had_its_hands_full_when_redis_went_away_works_on(
    valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    # Given
    begun = [tmp_path / f"begun-{place}" for place in range(HELD + 1)]
    may_end = tmp_path / "may-end"
    with Celery("sender", broker=valkey.url, set_as_current=False) as sender:

        def send(place: int) -> None:
            arguments = (str(begun[place]), str(may_end))
            sender.send_task("busy.work", args=arguments, queue="events", retry=False)

        for place in range(HELD):
            send(place)
        eventually(begun[0].exists, what="the first task's begin")
        with sender.connection_for_read() as connection:
            unread = connection.default_channel.client
            eventually(lambda: unread.llen("events") == 0, what="the prefetch of the second task")
        # When
        valkey.stop()
        may_end.touch()
        eventually(begun[1].exists, what="the second task's begin, which Redis is not told of")
        valkey.start()
        # Then
        send(HELD)
        eventually(begun[HELD].exists, what="the begin of a task that came after Redis")
