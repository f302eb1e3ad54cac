"""A small SOCKS5 server (RFC 1928): it connects to this machine, whatever it is asked for, and notes the names.

Who listens here and answers only to loopback's name is told that one, where the server knows `asked_for`.
"""

import socket
import socketserver
import threading
from types import TracebackType
from typing import Self

GREETING = b"\x05\x00"
CONNECTED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
DOMAIN, IPV4 = 3, 1
LOOPBACK = b"\r\nHost: 127.0.0.1:"


class SocksServer(socketserver.ThreadingTCPServer):
    """Serves in a thread of its own while it is entered."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, asked_for: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.host_line = asked_for and f"\r\nHost: {asked_for}:".encode()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"socks5://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(GREETING)
        host, port = self._read_target()
        assert isinstance(self.server, SocksServer)
        self.server.asked.append(host)
        with socket.create_connection(("127.0.0.1", port)) as onward:
            self.wfile.write(CONNECTED)
            back = threading.Thread(target=_copy, args=(onward, self.connection), daemon=True)
            back.start()
            _copy(self.connection, onward, self.server.host_line)

    def _read_target(self) -> tuple[str, int]:
        kind = self.rfile.read(4)[3]
        if kind == DOMAIN:
            host = self.rfile.read(self.rfile.read(1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET, self.rfile.read(4))
        return host, int.from_bytes(self.rfile.read(2))


def _copy(source: socket.socket, target: socket.socket, host_line: bytes | None = None) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data.replace(host_line, LOOPBACK) if host_line else data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
