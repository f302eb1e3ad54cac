"""A client on a real connection that says what it wants, byte for byte."""

import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from wsproto.frame_protocol import FrameDecoder, Opcode

from tests.unit.hub.client_frames import PING, TEXT, frame
from web.hub.socket.frames import PONG

DEADLINE = 60.0
FENCE = b"fence"
REQUEST = (
    "GET /api/v1/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


class RawSocket:
    """Upgraded once the block begins; `response` is the answer's head. wsproto reads the frames, strictly."""

    def __init__(self, port: int, *, receive_buffer: int | None = None, **headers: str) -> None:
        self.sock = socket.socket()
        self.sock.settimeout(DEADLINE)
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._port = port
        self._headers = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self._frames = FrameDecoder(client=True)
        self.response = b""

    def __enter__(self) -> Self:
        self.sock.connect(("127.0.0.1", self._port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(f"{REQUEST}{self._headers}\r\n".encode())
        while b"\r\n\r\n" not in self.response:
            self.response += self.sock.recv(1)
        assert b" 101 " in self.response
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()

    def say(self, text: bytes) -> None:
        self.sock.sendall(frame(TEXT, text))

    def hear_all(self, data: bytes) -> list[tuple[Opcode, bytes]]:
        """Send bytes and then a ping; return what is answered before the ping is, or until the end."""
        self.sock.sendall(data + frame(PING, FENCE))
        heard = []
        for opcode, payload in self.frames():
            if (opcode, payload) == (PONG, FENCE):
                break
            heard.append((opcode, payload))
        return heard

    def frames(self) -> Iterator[tuple[Opcode, bytes]]:
        """Yield opcode and payload of each frame until the end."""
        opcode, payload = None, b""
        while data := self.sock.recv(65536):
            self._frames.receive_bytes(data)
            while (part := self._frames.process_buffer()) is not None:
                opcode, payload = opcode or part.opcode, payload + part.payload
                if part.frame_finished:
                    yield opcode, payload
                    opcode, payload = None, b""
