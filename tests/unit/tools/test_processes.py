"""What `make run` starts ends with it, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.procfile import ROOT
from tools.stack import eventually

RUNNER = """
import os, sys
from tools.processes import run_all
run_all({"child": sys.argv[1]}, dict(os.environ), "/")
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_the_processes_end_with_a_runner_that_is_killed_or_loses_its_terminal(
    tmp_path: Path, number: signal.Signals
) -> None:
    # Given
    file = tmp_path / "pid"
    command = f"sh -c 'echo $$ > {file}.new; mv {file}.new {file}; exec sleep 600'"
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    child = int(eventually(lambda: file.exists() and file.read_text(), what="the child's start"))
    # When
    if number is signal.SIGKILL:
        runner.kill()
    else:
        os.killpg(runner.pid, number)
    # Then
    eventually(lambda: not is_alive(child), what="the child's end")
    runner.wait(10)
