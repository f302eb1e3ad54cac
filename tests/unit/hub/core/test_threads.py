"""A thread that ends before its time is told of once, whatever ended it."""

import threading
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from web.hub.core.hub_status import HubStatus
from web.hub.core.threads import ThreadGroup


def rest() -> None:
    """Return at once."""


def raise_fault() -> None:
    raise ZeroDivisionError


def leave() -> None:
    raise SystemExit


class Watch:
    """Records what a group of threads tells."""

    def __init__(self, *, ending: bool = False) -> None:
        self.told: list[str] = []
        self.lost = threading.Event()
        self.status = HubStatus(draining=ending)
        self.threads = ThreadGroup(self.status, ended=self.told.append, lost=self._handle)

    def _handle(self) -> None:
        self.told.append("lost")
        self.lost.set()

    def run(self, **targets: Callable[[], object]) -> list[str]:
        """Return what was logged until all have ended."""
        with capture_logs() as logs:
            self.threads.start(targets)
            assert self.threads.join(60)
        return [f"{line['event']} {line['thread']}" for line in logs]


@pytest.mark.parametrize("end", [rest, raise_fault, leave])
def test_a_thread_that_ends_before_its_time_is_lost(end: Callable[[], object]) -> None:
    # Given
    watch = Watch()
    # When
    logged = watch.run(loop=end)
    # Then
    assert watch.status.lost == "loop"
    assert watch.told == ["loop", "lost"]
    assert logged == ["hub_thread_died loop"]


def test_a_thread_that_ends_with_the_hub_is_not_lost() -> None:
    watch = Watch(ending=True)
    assert watch.run(loop=rest) == []
    assert watch.status.lost is None
    assert watch.told == ["loop"]


def test_what_ends_after_the_first_is_no_further_loss() -> None:
    # Given
    watch = Watch()
    # When
    logged = watch.run(loop=raise_fault, reader=lambda: watch.lost.wait(5))
    # Then
    assert watch.status.lost == "loop"
    assert sorted(watch.told) == ["loop", "lost", "reader"]
    assert logged == ["hub_thread_died loop"]
