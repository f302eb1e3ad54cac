"""The server's half of the opening handshake (RFC 6455, section 4.2), from what gunicorn has parsed already.

flask-sock has simple-websocket do it, which writes the headers out once more for wsproto, which has h11 parse them:
a fifth of all that a socket cost until it was welcome (decision 0019). That the request asks for an upgrade to a
WebSocket is seen to by Flask's routing.
"""

import base64
import hashlib
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from web.hub.core.hub_errors import HandshakeInvalid

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

VERSION = "13"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n"
)


class Upgrade:
    """A connection that has been told of its upgrade. Stands where flask-sock has simple-websocket's `Server`.

    Agrees to no extension: each frame is encoded once for everybody, which compression would not allow. Raises
    `HandshakeInvalid` with nothing sent.
    """

    def __init__(self, environ: "WSGIEnvironment") -> None:
        answer = SWITCHING % accept_key(environ)
        self.sock: socket.socket = environ["gunicorn.socket"]
        self.send(answer)

    def send(self, data: bytes) -> None:
        """Send it; that a peer is gone the hub finds out in its own way."""
        with suppress(OSError):
            self.sock.sendall(data)


def accept_key(environ: "WSGIEnvironment") -> bytes:
    """Return what proves that the handshake was understood; raises `HandshakeInvalid`.

    HTTP/1.0 is let pass, for proxies speak it unless they are told not to, and so is a key of another size: the RFC
    does not have a server look into it.
    """
    if environ["REQUEST_METHOD"] != "GET":
        raise HandshakeInvalid("it wants a GET")
    if "HTTP_HOST" not in environ:
        raise HandshakeInvalid("it wants a Host")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        raise HandshakeInvalid(f"it wants Sec-WebSocket-Version: {VERSION}")
    key: str = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if not key:
        raise HandshakeInvalid("it wants a Sec-WebSocket-Key")
    digest = hashlib.sha1(key.encode("latin-1") + GUID).digest()  # noqa: S324 - as the RFC has it
    return base64.b64encode(digest)
