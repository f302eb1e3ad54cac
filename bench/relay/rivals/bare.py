"""gunicorn, Flask and flask-sock alone: a socket is greeted and handed over; nobody is asked who they are."""

import select
import socket
import threading
from typing import Any

from flask import Flask
from flask_sock import Sock
from simple_websocket import Server

from web.upgrade.handover import take_over

READY = b"\x81\x05ready"


class NullThread:
    """In place of simple-websocket's reader."""

    name = "null"

    def __init__(self, target: Any) -> None:
        self.start = lambda: None


app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": NullThread}
sock = Sock(app)
epoll = select.epoll()
held: dict[int, socket.socket] = {}


@sock.route("/ws")
def endpoint(ws: Server) -> None:
    """Hand the socket over."""
    ours = take_over(ws.sock)
    ws.connected = False
    held[ours.fileno()] = ours
    ours.send(READY)
    epoll.register(ours, select.EPOLLRDHUP)


def let_go() -> None:
    """Close what its peer has closed."""
    while True:
        for descriptor, _ in epoll.poll():
            held.pop(descriptor).close()


threading.Thread(target=let_go, daemon=True).start()
