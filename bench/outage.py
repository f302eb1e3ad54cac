"""What a submission costs while Redis is away: stopped (connections refused) and hanging (it never answers).

The baseline is the same request with Redis in order. Promised: answered 201 in under 250 ms.
"""

import os
import signal
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import httpx

from bench.figures import row
from complaints import redis_client
from tools.stack import Stack

SUBMISSIONS = 100


def main(submissions: int = SUBMISSIONS) -> None:
    """Print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder)) as stack,
        closing(stack.sign_in()) as client,
    ):
        fine = submit_many(client, submissions)
        with redis_client.connect(stack.environment["REDIS_URL"]) as redis:
            pid = int(cast(dict[str, int], redis.info("server"))["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            hanging = submit_many(client, submissions)
        finally:
            os.kill(pid, signal.SIGCONT)
        stack.stop_valkey(and_lose_everything=True)
        stopped = submit_many(client, submissions)
        stack.start_valkey()
    print(row("baseline: submit with Redis in order", fine))
    print(row("submit with Redis hanging (< 250)", hanging, fine))
    print(row("submit with Redis stopped (< 250)", stopped, fine))


def submit_many(client: httpx.Client, submissions: int) -> list[float]:
    """Return the seconds that each submission took to be answered 201."""
    seconds = []
    for place in range(submissions):
        began = time.monotonic()
        answer = client.post("/complaints", json={"description": f"outage {place}"})
        seconds.append(time.monotonic() - began)
        answer.raise_for_status()
    return seconds
