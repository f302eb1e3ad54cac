"""Several processes that write to one SQLite file at the same time, beside one that numbers and publishes."""

import subprocess
import sys
import time
from pathlib import Path

from redis import Redis
from sqlalchemy import func, select

from complaints.db import Database
from complaints.events.event_stream import EventStream, publish_once
from complaints.events.sequencer import number_once
from complaints.models import Event

ROOT = Path(__file__).resolve().parents[3]
WRITERS = 6
EACH = 25
WRITE = f"""
import sys, time
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.verbs import submit

database, slowest = Database(sys.argv[1]), 0.0
sys.stdin.readline()
for place in range({EACH}):
    began = time.monotonic()
    with database.write() as session:
        submit(session, NewComplaint(description=str(place)), actor=ANONYMOUS, now=utcnow())
    slowest = max(slowest, time.monotonic() - began)
print(slowest)
"""


def test_six_processes_write_and_nobody_waits_long_or_loses_anything(sqlite_url: str, redis: Redis) -> None:
    # Given
    database, stream = Database(sqlite_url), EventStream(redis)
    command = [sys.executable, "-c", WRITE, sqlite_url]
    writers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]
    # When
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    began, total = time.monotonic(), 0
    while total < WRITERS * EACH:
        number_once(database, batch=10)
        publish_once(database, stream)
        with database.read() as session:
            total = session.scalar(select(func.count()).where(Event.seq.is_not(None))) or 0
    publish_once(database, stream)
    # Then nobody was left out for long, as somebody is whom SQLite's own waiting passes over
    took = time.monotonic() - began
    assert max(float(writer.communicate(timeout=60)[0]) for writer in writers) < took / 2
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    with database.read() as session:
        seqs = list(session.scalars(select(Event.seq).order_by(Event.n)))
    assert seqs == list(range(1, WRITERS * EACH + 1))
    database.close()
