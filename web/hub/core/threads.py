"""The hub's threads, and what happens when one of them ends before its time."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic

import structlog

from web.hub.core.hub_status import HubStatus

log = structlog.get_logger()


class ThreadGroup:
    """Threads that are of use together only: after the first that is lost, the process should be replaced."""

    def __init__(
        self,
        status: HubStatus,
        *,
        ended: Callable[[str], object],
        lost: Callable[[], object],
    ) -> None:
        """`ended` hears of every thread's end, then `lost` of the first that was not meant, each in that thread."""
        self._status = status
        self._ended = ended
        self._tell_lost = lost
        self._threads: list[threading.Thread] = []

    def start(self, targets: Mapping[str, Callable[[], object]]) -> None:
        """Start a thread for each."""
        for name, target in targets.items():
            run = partial(self._run, name, target)
            self._threads.append(threading.Thread(target=run, name=f"hub-{name}", daemon=True))
            self._threads[-1].start()

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the end of all; say whether it has come."""
        until = monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, name: str, target: Callable[[], object]) -> None:
        fault: BaseException | None = None
        try:
            target()
        except BaseException as raised:  # noqa: BLE001 - logged below; SystemExit would end a thread unheard
            fault = raised
        first = self._status.lost is None and not self._status.draining
        if first:
            self._status.lost = name
        if first or fault is not None:
            log.critical("hub_thread_died", thread=name, exc_info=fault)
        self._ended(name)
        if first:
            self._tell_lost()
