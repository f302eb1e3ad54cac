"""A dashboard's socket, as tests use it: it keeps every event, and comes back by itself after its last seq."""

import json
import random
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tools.stack import Stack, eventually

RECONNECT_SECONDS = 0.1


class Listener:
    """Keeps `events` (envelopes) in the order they came; reconnects with `after` and `epoch` when cut off.

    Each time to one of `urls`, where several web processes serve.
    Once it views a complaint, `viewers` are who does, and `alerts` what came of each of its alerts' states.
    """

    def __init__(self, stack: Stack, client: httpx.Client, urls: tuple[str, ...] = ()) -> None:
        self.events: list[dict[str, Any]] = []
        self.alerts: list[tuple[str, str]] = []
        self.viewers: list[dict[str, str]] = []
        self.resyncs = 0
        self.connections = 0
        self._urls = [url.replace("http", "ws") + "/api/v1/websocket" for url in urls or (stack.url,)]
        self._token = client.headers["Authorization"]
        self._cursor: int | None = None
        self._epoch: str | None = None
        self._live = threading.Event()
        self._done = threading.Event()
        self._may_come = threading.Event()
        self._may_come.set()
        self._socket: ClientConnection | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._live.wait(20), "the socket did not go live"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._may_come.set()
        if self._socket is not None:
            self._socket.close()
        self._thread.join(10)

    def view(self, complaint_id: str) -> None:
        """Open the complaint; return when the server knows."""
        assert self._socket is not None
        self._socket.send(json.dumps({"type": "viewing", "id": complaint_id}))
        eventually(lambda: self.viewers, what="being seen as a viewer")

    def drop(self, *, and_stay_away: bool = False) -> None:
        """Lose the connection without a word; come back at once, or when told to."""
        if and_stay_away:
            self._may_come.clear()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.socket.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """End the time away."""
        self._may_come.set()

    def references(self) -> list[str]:
        """Return the references of the new complaints seen, doubles and all, in order."""
        return [event["data"]["reference"] for event in self.events if event["name"] == "new_complaint"]

    def wait_for(self, wanted: str, name: str = "new_complaint", seconds: float = 30) -> dict[str, Any]:
        """Return the event of this name about the complaint (its id or reference), once it has come."""

        def look() -> dict[str, Any] | None:
            for event in self.events:
                data = event["data"]
                if event["name"] == name and wanted in (data["id"], data["reference"]):
                    return event
            return None

        return eventually(look, seconds=seconds, what=f"{name} of {wanted}")

    def _run(self) -> None:
        while not self._done.is_set():
            self._may_come.wait()
            url = random.choice(self._urls)
            try:
                with connect(url, additional_headers={"Authorization": self._token}) as self._socket:
                    self.connections += 1
                    self._listen(self._socket)
            except (OSError, WebSocketException):
                time.sleep(RECONNECT_SECONDS)

    def _listen(self, connection: ClientConnection) -> None:
        subscription: dict[str, Any] = {"type": "subscribe"}
        if self._cursor is not None:
            subscription |= {"after": self._cursor, "epoch": self._epoch}
        connection.send(json.dumps(subscription))
        for text in connection:
            self._take(connection, json.loads(text))

    def _take(self, connection: ClientConnection, message: dict[str, Any]) -> None:
        if message["type"] == "event":
            self.events.append(message)
            self._cursor = message["seq"]
        elif message["type"] == "ping":
            connection.send(json.dumps({"type": "pong"}))
        elif message["type"] == "signal":
            self.alerts.append((message["alert"]["id"], message["alert"]["state"]))
        elif message["type"] == "presence":
            self.viewers = message.get("operators", self.viewers)
        elif message["type"] == "resync":
            self.resyncs += 1
        if message["type"] in ("welcome", "resync"):
            self._epoch = message["epoch"]
        if message["type"] in ("live", "resync"):
            self._cursor = message["head"]
            self._live.set()
