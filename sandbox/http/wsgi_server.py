"""A small threaded HTTP/1.1 server for a WSGI app.

It is werkzeug's, with what a stand-in for Telegram needs besides: connections are kept alive (werkzeug closes
each), can be cut with a reset or left hanging, and all of them end when the server stops.
"""

import io
import os
import socket
import struct
import threading
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response

from sandbox.base.loopback import is_loopback
from sandbox.base.refusals import StartError

MAX_BODY = 1 << 20
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close sends RST

# In the environ under this name: call it to have the connection ended without an answer, with ``reset`` at once,
# with ``wait`` when the client has given up.
DROP = "sandbox.drop"


class Handler(WSGIRequestHandler):
    """Answers requests of one connection until it closes."""

    server: "Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        self.environ = self.make_environ()
        if not self._read_body():
            return
        orders: list[str] = []
        self.environ[DROP] = orders.append
        with Response.from_app(self.server.app, self.environ) as response:
            if orders:
                self._drop(wait="wait" in orders)
            else:
                self._write(response)

    def _read_body(self) -> bool:
        """Take the whole body off the connection, so that the next request can follow."""
        if "wsgi.input_terminated" in self.environ:
            body = self.environ["wsgi.input"].read()
        else:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > MAX_BODY:
                self.send_error(413)
                self.close_connection = True
                return False
            body = self.rfile.read(int(length))
        self.environ["wsgi.input"] = io.BytesIO(body)
        self.environ["CONTENT_LENGTH"] = str(len(body))
        return True

    def _write(self, response: Response) -> None:
        empty = self.command == "HEAD" or response.status_code in {204, 304}
        streamed = not empty and "Content-Length" not in response.headers
        self.send_response(response.status_code)
        for name, value in response.get_wsgi_headers(self.environ):
            self.send_header(name, value)
        if streamed:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if empty:
            return
        for piece in response.iter_encoded():
            self.wfile.write(_chunk(piece) if streamed else piece)
        if streamed:
            self.wfile.write(b"0\r\n\r\n")

    def _drop(self, *, wait: bool) -> None:
        if wait:
            self._wait_for_client()
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _wait_for_client(self) -> None:
        """Return when the client has closed; stopping the server closes too."""
        self.connection.recv(1, socket.MSG_PEEK)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the calls are in the log of calls."""


class Server(ThreadedWSGIServer):
    """Listens on a loopback address; raises StartError where it can't."""

    daemon_threads = True

    def __init__(self, host: str, port: int, app: Any) -> None:
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        with _listen(host, port) as listening:
            super().__init__(host, port, app, Handler, fd=listening.fileno())
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="sandbox-server")
        self._thread.daemon = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, cut every connection, free the port."""
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._connections:
                _shut(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close without werkzeug's FIN first, which would spoil a reset."""
        with self._guard:
            self._connections.discard(request)
        self.close_request(request)


def _listen(host: str, port: int) -> socket.socket:
    if not is_loopback(host):
        raise StartError(f"the sandbox listens on loopback addresses only, not on {host}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise StartError(
            f"the sandbox can't listen on {host}:{port}: {os.strerror(error.errno or 0)}"
        ) from error


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
