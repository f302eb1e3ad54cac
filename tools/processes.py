"""The Procfile's processes under honcho: they end with the runner, however it ends.

Honcho keeps a process in the middle for each child and passes its output on. When the runner is killed, or its
terminal is closed, that one ends the child, so that nothing is left behind to hold the port and the database.
"""

import os
import signal
import subprocess
import threading
import time
from types import FrameType
from typing import Any

from honcho.manager import Manager
from honcho.process import Process

LOOK_SECONDS = 0.5
STOP_SECONDS = 10
STOPPED_BY_HAND = (130, 143)


def run_all(commands: dict[str, str], environment: dict[str, str], folder: str) -> int:
    """Run the commands until one ends or a signal comes; return the exit status, 0 if it was a signal."""
    manager = TetheredManager()
    for name, command in commands.items():
        manager.add_process(name, f"exec {command}", env=environment, cwd=folder)
    signal.signal(signal.SIGHUP, _stop)
    manager.loop()
    return 0 if manager.returncode in STOPPED_BY_HAND else int(manager.returncode or 0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Tethered(Process):  # type: ignore[misc]
    """Honcho's process in the middle, with an eye on the runner."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Start the child and pass its output on until it ends."""
        signal.signal(signal.SIGHUP, _stay)
        threading.Thread(target=self._end_with, args=(os.getppid(),), daemon=True).start()
        super().run(events, ignore_signals)

    def _end_with(self, runner: int) -> None:
        while os.getppid() == runner:
            time.sleep(LOOK_SECONDS)
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
        os._exit(1)  # nobody reads the queue that an orderly exit would empty first


def _stay(_number: int, _frame: FrameType | None) -> None:
    """Pass the closed terminal over: an ignored signal would be inherited by the child, a handler is not."""


class TetheredManager(Manager):  # type: ignore[misc]
    """Honcho's manager of tethered processes."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Tethered

    def terminate(self) -> None:
        """End all of them; as long as one has not told its id, which honcho needs for that, ask again."""
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(LOOK_SECONDS, os.kill, (os.getpid(), signal.SIGTERM)).start()
