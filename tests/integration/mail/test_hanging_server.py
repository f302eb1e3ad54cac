"""A mail server that takes connections and says nothing has one thread of the events worker, and no more."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import create_server, socket

import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import select

from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.events.wakeups import SEND_MAIL, SEQUENCE
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Event
from complaints.verbs import submit
from tests.integration.mail.conftest import Outbox
from tools.procfile import ROOT, commands
from tools.stack import eventually

POKES = 12


@pytest.fixture
def silent_server() -> Iterator[socket]:
    """It listens, and nobody accepts."""
    with closing(create_server(("127.0.0.1", 0), backlog=50)) as listener:
        yield listener


@pytest.fixture
def worker(silent_server: socket, sqlite_url: str, valkey_url: str, tmp_path: Path) -> Iterator[None]:
    """The events worker as the Procfile starts it."""
    environment = {
        **os.environ,
        "REDRESS_ENV": "test",
        "DATABASE_URL": sqlite_url,
        "REDIS_URL": valkey_url,
        "CELERY_BROKER_URL": valkey_url,
        "JWT_SECRET_KEY": "a-long-key-that-only-this-test-knows",
        "SMTP_URL": f"smtp://127.0.0.1:{silent_server.getsockname()[1]}",
        "MAIL_FROM": "redress@example.org",
    }
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", *commands()["events"].split()]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def test_it_delays_no_numbering(
    worker: None, silent_server: socket, sqlite_url: str, valkey_url: str, redis: Redis
) -> None:
    # Given more wake-ups for mail than the worker has threads and takes beforehand, and one mail in the air
    database = Database(sqlite_url)
    outbox = Outbox(database)
    for number in range(POKES):
        outbox.hire(f"{number}@example.org")
        outbox.owe(f"{number}@example.org")
    silent_server.settimeout(60)
    with closing(database), Celery("sender", broker=valkey_url, set_as_current=False) as celery:
        for _ in range(POKES):
            celery.send_task(SEND_MAIL, queue="outbound", retry=False)
        connection, _ = silent_server.accept()
        with connection:
            # When
            with database.write() as session:
                submit(session, NewComplaint(description="x"), actor=ANONYMOUS, now=utcnow())
            celery.send_task(SEQUENCE, queue="events", retry=False)
            # Then it is numbered while the server still hangs, which has been asked by nobody else
            eventually(lambda: is_numbered(database), what="numbering")
            eventually(lambda: redis.llen("outbound") == 0, what="that the other wake-ups end")
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
            silent_server.settimeout(0.2)
            with pytest.raises(TimeoutError):
                silent_server.accept()


def is_numbered(database: Database) -> bool:
    with database.read() as session:
        return session.scalars(select(Event)).one().seq is not None
