"""What `make run` starts ends with it, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tools.procfile import ROOT
from tools.stack import eventually

Run = Callable[..., "subprocess.Popen[bytes]"]

CHILDREN = 12
WITHIN_SECONDS = 20
RUNNER = """
import os, sys
from tools.processes import run_all
run_all({f"child {place}": command for place, command in enumerate(sys.argv[1:])}, dict(os.environ), "/")
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def sleeper(file: Path) -> str:
    """Return a command that writes its process id to the file and stays."""
    return f"sh -c 'echo $$ > {file}.new; mv {file}.new {file}; exec sleep 600'"


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a runner of such commands; it is killed in the end, which ends what it started."""
    with ExitStack() as runners:

        def start(*commands: str) -> "subprocess.Popen[bytes]":
            runner = subprocess.Popen(
                [sys.executable, "-c", RUNNER, *commands],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            runners.callback(runner.wait)
            runners.callback(runner.kill)
            return runner

        yield start


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_the_processes_end_with_a_runner_that_is_killed_or_loses_its_terminal(
    tmp_path: Path, run: Run, number: signal.Signals
) -> None:
    # Given
    file = tmp_path / "pid"
    runner = run(sleeper(file))
    child = int(eventually(lambda: file.exists() and file.read_text(), what="the child's start"))
    # When
    if number is signal.SIGKILL:
        runner.kill()
    else:
        os.killpg(runner.pid, number)
    # Then
    eventually(lambda: not is_alive(child), what="the child's end")
    runner.wait(10)


def test_a_runner_that_is_stopped_while_it_starts_its_processes_ends_all_of_them(
    tmp_path: Path, run: Run
) -> None:
    # Given
    files = [tmp_path / str(place) for place in range(CHILDREN)]
    runner = run(*map(sleeper, files))
    eventually(files[0].exists, what="the first child's start")
    # When
    runner.terminate()
    # Then
    assert runner.wait(WITHIN_SECONDS) == 0
    assert not any(is_alive(int(file.read_text())) for file in files if file.exists())
