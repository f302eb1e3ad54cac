"""Trouble on purpose: a Telegram that fails in every way it can, and workers killed all the time."""

import itertools
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tools.stack import Stack

SENDING = ["sendMessage", "editMessageText"]
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "http_500", "probability": 0.05},
    {"kind": "http_502", "probability": 0.03},
    {"kind": "reset_before", "probability": 0.04},
    {"kind": "reset_after", "probability": 0.05},
    {"kind": "broken_json", "probability": 0.02},
    {"kind": "hang", "probability": 0.02},
    {"kind": "retry_after", "probability": 0.04, "retry_after": 2},
)
"""What each request may meet with; together about a quarter of them."""


@contextmanager
def failing(phone: httpx.Client, faults: Sequence[dict[str, Any]] = FAULTS) -> Iterator[None]:
    """Have Telegram fail like this while the block runs."""
    for fault in faults:
        phone.post("/faults", json={"methods": SENDING, **fault}).raise_for_status()
    try:
        yield
    finally:
        phone.delete("/faults").raise_for_status()


@contextmanager
def killing(stack: Stack, kind: str, names: Sequence[str], pause: tuple[float, float]) -> Iterator[list[str]]:
    """Kill one of the processes of this kind after another and start it again; give whom it met.

    Between two kills lie so many seconds, from and to. At the end all of them run.
    """
    killed: list[str] = []
    done = threading.Event()

    def run() -> None:
        for name in itertools.cycle(names):
            if done.wait(random.uniform(*pause)):  # noqa: S311 - not a secret
                return
            stack.kill(name)
            stack.start(kind, alias=name)
            killed.append(name)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()
