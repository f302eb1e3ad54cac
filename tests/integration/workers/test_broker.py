"""A worker whose hands are full when Redis goes away, or takes no writes, works on when that is over."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis

from tools.environment import free_port
from tools.procfile import ROOT
from tools.stack import eventually
from tools.valkey import EmbeddedValkey

WORKER = (
    "-m celery --quiet --app tests.integration.workers.busy_worker worker --without-gossip --without-mingle"
    " --queues events --pool threads --concurrency 1"
)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path / "valkey", free_port()) as server:
        yield server


class Tasks:
    """Tasks for the worker, by number. They leave a file each when they begin, and all end when told to."""

    def __init__(self, folder: Path, celery: Celery) -> None:
        self._folder = folder
        self._celery = celery

    def send(self, number: int) -> None:
        arguments = (str(self._begun(number)), str(self._may_end))
        self._celery.send_task("busy.work", args=arguments, queue="events", retry=False)

    def let_end(self) -> None:
        self._may_end.touch()

    def wait_until_begun(self, number: int) -> None:
        eventually(self._begun(number).exists, what=f"the begin of task {number}")

    @property
    def _may_end(self) -> Path:
        return self._folder / "may-end"

    def _begun(self, number: int) -> Path:
        return self._folder / f"begun-{number}"


@pytest.fixture
def tasks(valkey: EmbeddedValkey, tmp_path: Path) -> Iterator[Tasks]:
    """A worker that works on task 0, and holds task 1."""
    with (
        running_worker(valkey.url, tmp_path / "worker.log"),
        Celery("sender", broker=valkey.url, set_as_current=False) as celery,
        Redis.from_url(valkey.url) as redis,
    ):
        made = Tasks(tmp_path, celery)
        made.send(0)
        made.send(1)
        made.wait_until_begun(0)
        eventually(
            lambda: redis.llen("events") == 0 and redis.hlen("unacked") == 1, what="the prefetch of task 1"
        )
        yield made


@contextmanager
def running_worker(url: str, log_path: Path) -> Iterator[None]:
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *WORKER.split()],
            cwd=ROOT,
            env=os.environ | {"CELERY_BROKER_URL": url},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def test_redis_is_away_when_the_worker_acknowledges(valkey: EmbeddedValkey, tasks: Tasks) -> None:
    # When
    valkey.stop()
    tasks.let_end()
    tasks.wait_until_begun(1)
    valkey.start()
    # Then
    tasks.send(2)
    tasks.wait_until_begun(2)


def test_redis_takes_no_writes_when_the_worker_acknowledges(valkey: EmbeddedValkey, tasks: Tasks) -> None:
    with Redis.from_url(valkey.url) as redis:
        # When
        redis.config_set("min-replicas-to-write", 1)
        tasks.let_end()
        tasks.wait_until_begun(1)
        refused = "errorstat_NOREPLICAS"
        eventually(lambda: refused in redis.info("errorstats"), what="a refusal")
        redis.config_set("min-replicas-to-write", 0)
    # Then
    tasks.send(2)
    tasks.wait_until_begun(2)
