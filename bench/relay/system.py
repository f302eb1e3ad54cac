"""What is measured: a server in processes of its own, on a core of its own."""

import json
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from bench.relay.crowd import DIGITS, Manners

SERVER_CORE, CLIENT_CORE = 0, 1
EVENT_BYTES = 400
SEQ_START = 10_000_000
STOP_SECONDS = 10
START_SECONDS = 30


class Server(ABC):
    """Something that lets sockets in. As a context manager it runs."""

    name: str
    manners: Manners
    signs_of_life = "/"
    """The path that is asked until it answers, whatever that is, unless 503."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.things = ExitStack()
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> tuple[str, int]:
        """Where clients connect to."""
        return ("127.0.0.1", self.port)

    @property
    def host(self) -> str:
        """The Host header."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.start()
            self._wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @abstractmethod
    def start(self) -> None:
        """Start the processes."""

    @abstractmethod
    def requests(self, count: int) -> list[bytes]:
        """Return the handshakes of so many clients."""

    def serving(self) -> list[int]:
        """Return the ids of the processes that serve sockets: the newest child where there is a master."""
        return [child for process in self.processes for child in (_children(process.pid) or [process.pid])]

    def run(self, *command: str, **environment: str) -> None:
        """Start a process on the server's core."""
        with on_core(SERVER_CORE), (self.folder / "server.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    env={**os.environ, **environment},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def seconds_of_cpu(self) -> float:
        """Return what the serving processes have used."""
        return sum(_cpu_seconds(pid) for pid in self.serving())

    def resident_bytes(self) -> int:
        """Return what the serving processes hold in memory."""
        return sum(_resident_bytes(pid) for pid in self.serving())

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if time.monotonic() > until or any(one.poll() is not None for one in self.processes):
                raise SystemExit(f"{self.name} did not start; see {self.folder / 'server.log'}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            answer = httpx.get(f"http://{self.host}{self.signs_of_life}", timeout=5)
        except httpx.HTTPError:
            return False
        return answer.status_code != httpx.codes.SERVICE_UNAVAILABLE

    def _end(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        self.things.close()


class System(Server):
    """A server that relays; `newest` is the number of the last event that was published."""

    most_sockets = 20_000
    newest = 0

    @abstractmethod
    def publish(self, numbers: Sequence[int]) -> None:
        """Publish the events of these numbers, in order, to everybody."""


def event_body(number: int, **more: Any) -> bytes:
    """Return an event of `EVENT_BYTES` as JSON, the same for every system."""
    body = {
        "seq": SEQ_START + number,
        "name": "new_complaint",
        "occurred_at": "2026-05-01T12:00:00Z",
        "actor": {"kind": "operator", "id": "01979f6a-0000-7000-8000-000000000000", "name": "Ada"},
        "data": {"id": "01979f6a-0000-7000-8000-000000000001", "mark": f"{number:0{DIGITS}}", "text": ""},
        **more,
    }
    text = json.dumps(body, separators=(",", ":"))
    body["data"]["text"] = "x" * (EVENT_BYTES - len(text))
    return json.dumps(body, separators=(",", ":")).encode()


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Start what the block starts on this core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
