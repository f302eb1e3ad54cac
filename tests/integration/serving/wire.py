"""A client that says what it wants, byte for byte, and reads answers as they stand on the wire."""

import http.client
import io
import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

PATIENCE_SECONDS = 10.0  # half of what a request may take to come in: whoever waits for others finds out
COMPLAINT = b'{"description":"The lift is stuck."}'


def post(*headers: str, path: str = "/api/v1/complaints") -> bytes:
    """Return the head of a submission."""
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers)
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def submission() -> bytes:
    """Return a whole submission."""
    return post(f"Content-Length: {len(COMPLAINT)}") + COMPLAINT


@dataclass(frozen=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def problem(self) -> Any:
        """The problem that it tells of, which names the request as its header does."""
        assert self.headers["Content-Type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["status"] == self.status
        assert document["request_id"] == self.headers["X-Request-ID"]
        return document


class Incoming(io.BufferedReader):
    """What comes in; an answer that was read to its end does not end it, for the next may be here already."""

    def close(self) -> None:
        """Not yet."""

    def makefile(self, *_args: Any) -> Self:
        """Return itself, as what an answer is read from."""
        return self


class Wire:
    """A connection, open while the block lasts. Small buffers make a peer that reads nothing felt soon."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.sock = socket.socket()
        self.sock.settimeout(PATIENCE_SECONDS)
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.connect(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming = Incoming(socket.SocketIO(self.sock, "rb"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)

    def hear(self, method: str = "POST") -> Answer:
        """Return the next answer; raises TimeoutError, or what http.client raises where none comes."""
        response = http.client.HTTPResponse(cast(socket.socket, self.incoming), method=method)
        response.begin()
        return Answer(response.status, response.headers, response.read())

    def ask(self, data: bytes) -> Answer:
        """Say it, end what is said, and return the answer."""
        self.say(data)
        self.sock.shutdown(socket.SHUT_WR)
        return self.hear()

    def is_ended(self) -> bool:
        """Wait for the server's end; anything else that comes is a failure."""
        try:
            return self.incoming.read(1) == b""
        except ConnectionResetError:
            return True
