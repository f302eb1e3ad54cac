"""A real gunicorn with a hub, as tests drive it; the sequencer's steps are taken by the test itself."""

import http.client
import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_jwt_extended import create_access_token
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from complaints.db import Database
from complaints.redis_client import connect as connect_redis
from complaints.settings import load_settings
from tests.integration.hub.promised_messages import held_to_protocol
from tests.integration.hub.writing import Writing
from tools.stack import Found, eventually
from web.app import create_app

ROOT = Path(__file__).resolve().parents[3]
SECRET = "k3J9sPq0Zt7Lw2Xv8Nb5Rm1Yc6Hd4Gf0"
DEADLINE = 60.0
START_SECONDS = 30.0


def wait_until(condition: Callable[[], Found], seconds: float = DEADLINE) -> Found:
    """Return the first true value of the condition; fail if there is none in time."""
    return eventually(condition, seconds=seconds)


def os_environment(deployment: "Deployment") -> dict[str, str]:
    """Return this process's environment with the deployment's."""
    return os.environ | deployment.environment


class Client:
    """A dashboard as a test drives it."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    def say(self, **message: Any) -> None:
        self.ws.send(json.dumps(message))

    def hear(self, kind: str | None = None, timeout: float = DEADLINE) -> dict[str, Any]:
        """Return the next message, or the next of a kind; presence comes when it likes, and only if asked for."""
        while True:
            message = held_to_protocol(json.loads(self.ws.recv(timeout=timeout)))
            if message["type"] == kind or (kind is None and message["type"] != "presence"):
                return message

    def hear_seqs(self, count: int) -> list[int]:
        return [self.hear("event")["seq"] for _ in range(count)]

    def hear_or_close(self) -> str | None:
        """Return the type of the next message, or None if the server closes."""
        try:
            return str(self.hear()["type"])
        except ConnectionClosed:
            return None

    def closed_with(self, timeout: float = DEADLINE) -> int | None:
        """Return the code that the server closes with."""
        try:
            while True:
                self.ws.recv(timeout=timeout)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


class Deployment(Writing):
    """One gunicorn, and what a test needs to drive it."""

    def __init__(
        self, database_url: str, redis_url: str, *, output: Path | None = None, **environment: str
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            "REDRESS_ENV": "test",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "JWT_SECRET_KEY": SECRET,
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "LOG_LEVEL": "WARNING",
            **environment,
        }
        settings = load_settings(**{name.lower(): value for name, value in self.environment.items()})
        self.redis = connect_redis(redis_url)
        super().__init__(Database(database_url), self.redis)
        self.app = create_app(settings, enqueue=lambda task, request_id: None)
        self.process: subprocess.Popen[bytes] | None = None
        self._output = output

    def start(self, *arguments: str, open_files: int | None = None) -> None:
        limit = [] if open_files is None else ["prlimit", f"--nofile={open_files}"]
        command = [
            *limit,
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "web/gunicorn_conf.py",
            *arguments,
            "web.wsgi:app",
        ]
        with ExitStack() as stack:
            output = None if self._output is None else stack.enter_context(self._output.open("wb"))
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment, stdout=output, stderr=output
            )
        wait_until(lambda: self.health()[0] == 200, START_SECONDS)

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
        self.database.close()
        self.redis.close()

    def worker_pid(self) -> int:
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(path.read_text().split()[0])

    def fetch(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """Return status and body of a GET."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()

    def status(self, path: str) -> int:
        """Return the status that a plain GET is answered with."""
        return self.fetch(path)[0]

    def get(self, path: str, token: str | None = None) -> tuple[int, Any]:
        """Return status and JSON of a GET; 0 where nobody listens, or no worker has begun to answer."""
        try:
            status, body = self.fetch(path, token)
        except (ConnectionRefusedError, TimeoutError):
            return 0, None
        return status, json.loads(body)

    def health(self) -> tuple[int, Any]:
        return self.get("/api/v1/websocket/health")

    def stats(self, token: str) -> Any:
        return self.get("/api/v1/websocket/stats", token)[1]

    def wait_for_stats(self, token: str, fits: Callable[[Any], Any], seconds: float = DEADLINE) -> Any:
        """Return the first statistics that fit."""

        def look() -> Any:
            stats = self.stats(token)
            return stats if fits(stats) else None

        return wait_until(look, seconds)

    def token(
        self,
        operator_id: uuid.UUID | None = None,
        session_id: uuid.UUID | None = None,
        lifetime: timedelta = timedelta(minutes=15),
    ) -> str:
        operator_id = operator_id or self.operator()
        session_id = session_id or self.session(operator_id)
        with self.app.app_context():
            claims = {"sid": str(session_id)}
            return create_access_token(str(operator_id), additional_claims=claims, expires_delta=lifetime)

    @contextmanager
    def client(
        self, token: str | None = None, *, headers: dict[str, str] | None = None, path: str = ""
    ) -> Iterator[Client]:
        """Connect without an Origin header, as programs do, unless `headers` names one."""
        all_headers = dict(headers or {})
        if token is not None:
            all_headers["Authorization"] = f"Bearer {token}"
        url = f"ws://127.0.0.1:{self.port}/api/v1/websocket{path}"
        with connect(url, additional_headers=all_headers, close_timeout=1) as ws:
            yield Client(ws)

    def refused(self, **headers: str) -> tuple[int, str]:
        """Return status and code with which a handshake is refused."""
        with pytest.raises(InvalidStatus) as refusal, self.client(headers=headers):
            pass
        response = refusal.value.response
        return response.status_code, json.loads(response.body)["code"]

    def wait_for_place(self, token: str) -> None:
        """Return once the operator's cap lets another socket in."""

        def is_welcome() -> bool:
            with self.client(token) as client:
                return client.hear_or_close() == "welcome"

        wait_until(is_welcome)

    @contextmanager
    def live(self, token: str | None = None, **wish: Any) -> Iterator[Client]:
        """Connect, subscribe and wait for `live`."""
        with self.client(token or self.token()) as client:
            client.hear("welcome")
            client.say(type="subscribe", **wish)
            client.hear("live")
            yield client
