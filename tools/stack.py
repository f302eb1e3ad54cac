"""The whole product as separate processes, for end-to-end tests, benchmarks and whoever wants to break things.

Each process runs the Procfile's own command; `kill` is SIGKILL, `stop` is SIGTERM. Everything lives in one
folder, listens on free ports of 127.0.0.1, and is gone when the block ends.
"""

import os
import shlex
import signal
import ssl
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from redis import Redis, RedisError

from sandbox import DEFAULT_TOKEN
from tools.environment import free_port
from tools.procfile import ROOT, commands
from tools.valkey import EmbeddedValkey

ADMIN_EMAIL = "admin@example.org"
ADMIN_PASSWORD = "correct horse battery"  # noqa: S105 - of a database that lives as long as the block
PROCESSES = ("telegram", "web", "events", "alerts", "beat", "bot")
STOP_SECONDS = 20
SOON_SECONDS, LATER_SECONDS = 0.02, 0.3
LONGER = 1.3
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of loopback's http: to load the certificates that httpx trusts takes longer than a request."""
Found = TypeVar("Found")


def eventually(look: Callable[[], Found], *, seconds: float = 60, what: str = "it") -> Found:
    """Return the first truthy thing that `look` returns; raises AssertionError after `seconds`.

    It looks ever less often: what is looked at has work to do.
    """
    deadline, pause = time.monotonic() + seconds, SOON_SECONDS
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(pause)
        pause = min(pause * LONGER, LATER_SECONDS)


class Stack:
    """Redress, its Valkey and its Telegram sandbox. Processes are named as in the Procfile; `telegram` beside."""

    def __init__(
        self, folder: Path, *, database_url: str | None = None, telegram: str = "", **environment: str
    ) -> None:
        """`telegram` are options of the sandbox, for example `--latency 50-400`."""
        self.folder = folder
        self.port, self.telegram_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.telegram_url = f"http://127.0.0.1:{self.telegram_port}"
        self._valkey = EmbeddedValkey(folder / "valkey", free_port())
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands = commands()
        state = shlex.quote(str(folder / "telegram.db"))
        self._commands["telegram"] = (
            f"python -m sandbox --port {self.telegram_port} --state {state} {telegram}"
        )
        self.environment = {
            **os.environ,
            "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "REDRESS_ENV": "test",
            "DATABASE_URL": database_url or f"sqlite:///{folder / 'redress.db'}",
            "REDIS_URL": self._valkey.url,
            "ATTACHMENTS_URL": (folder / "attachments").as_uri(),
            "JWT_SECRET_KEY": "of-a-stack-that-lives-as-long-as-its-block",
            "ADMIN_EMAIL": ADMIN_EMAIL,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "TELEGRAM_BOT_TOKEN": DEFAULT_TOKEN,
            "TELEGRAM_API_URL": self.telegram_url,
            "PUBLIC_URL": self.url,
            "PORT": str(self.port),
            **environment,
        }

    def __enter__(self) -> Self:
        try:
            self.start_valkey()
            self._release()
            for name in PROCESSES:
                self.start(name)
            self.wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def start(self, name: str, alias: str | None = None, **environment: str) -> None:
        """Start a process of the type, which is ready once one of it says so anew; `alias` names a second one."""
        self._forget_sign_of_life(name)
        with self.log(alias or name).open("ab") as log:
            self._running[alias or name] = subprocess.Popen(
                shlex.split(self._commands[name]),
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, name: str) -> int:
        """Ask the process to end (SIGTERM); return its exit status. Kills it where it doesn't."""
        process = self._running.pop(name)
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            raise

    def kill(self, name: str) -> None:
        """End the process, its children too, without asking (SIGKILL)."""
        _kill_group(self._running.pop(name))

    def pid(self, name: str) -> int:
        """Return the process's id."""
        return self._running[name].pid

    def start_valkey(self) -> None:
        """Start the Valkey, with the data that it had."""
        self._valkey.start()

    def stop_valkey(self, *, and_lose_everything: bool = False) -> None:
        """Stop the Valkey; what it knew can be lost with it."""
        self._valkey.stop()
        if and_lose_everything:
            for path in (self.folder / "valkey").glob("appendonlydir/*"):
                path.unlink()

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Return once web answers, and the workers and the bot have given signs of life."""

        def ready() -> bool:
            for name, process in self._running.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended:\n{self.log(name).read_text()[-4000:]}")
            try:
                return bool(self.readiness()["status"] == "ok")
            except httpx.HTTPError:
                return False

        eventually(ready, seconds=seconds, what="the stack's readiness")

    def readiness(self) -> dict[str, Any]:
        """Return what `/readyz` says; raises `httpx.HTTPError` where web does not answer."""
        said: dict[str, Any] = httpx.get(f"{self.url}/readyz", timeout=10, verify=PLAIN).json()
        return said

    def log(self, name: str) -> Path:
        """Return the file with everything that the process printed."""
        return self.folder / f"{name}.log"

    def sign_in(self) -> httpx.Client:
        """Return a client with the first admin's token."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=10, verify=PLAIN)
        answer = client.post("/auth/login", json={"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def phone(self) -> httpx.Client:
        """Return a client of the sandbox's scripting API."""
        return httpx.Client(base_url=f"{self.telegram_url}/sandbox", timeout=10, verify=PLAIN)

    def link_chat(self, client: httpx.Client, phone: httpx.Client, name: str = "Ada") -> int:
        """Link a new private chat to the client's operator; return its Telegram id."""
        user: dict[str, Any] = phone.post("/users", json={"first_name": name}).json()
        chat_id = int(user["id"])
        token = client.post("/telegram/link").raise_for_status().json()["token"]
        phone.post(f"/chats/{chat_id}/messages", json={"text": f"/start {token}"}).raise_for_status()
        eventually(lambda: self.chat(client, chat_id), what="the link")
        return chat_id

    def chat(self, client: httpx.Client, telegram_id: int) -> dict[str, Any] | None:
        """Return our row of the chat, or None."""
        items = client.get("/telegram/chats").raise_for_status().json()["items"]
        return next((item for item in items if item["telegram_id"] == telegram_id), None)

    def _forget_sign_of_life(self, name: str) -> None:
        with suppress(RedisError), Redis.from_url(self._valkey.url) as redis:
            redis.delete(f"redress:alive:{name}")

    def _release(self) -> None:
        done = subprocess.run(
            shlex.split(self._commands["release"]),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"release failed:\n{done.stdout}{done.stderr}")

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill_group(process)
        self._running.clear()
        self.stop_valkey()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
