"""The rivals as systems: an app each, fed over Redis as ours is; nchan over HTTP, as it is made for."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.relay.crowd import Manners
from bench.relay.system import CLIENT_CORE, Server, System, event_body, on_core
from bench.relay.wire import upgrade_request
from complaints.redis_client import connect
from tools.environment import free_port
from tools.procfile import ROOT
from tools.valkey import EmbeddedValkey

RIVALS = Path(__file__).with_name("rivals")
HOME = ROOT / "var" / "rivals"
NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
ANSWER_BYTES = 64 * 1024


def install() -> Path:
    """Return the folder of the rivals' programs; makes their environment where it is missing."""
    lock = RIVALS / "requirements.txt"
    done = HOME / ".installed"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "-r", str(lock)], check=True)
        done.touch()
    return HOME / "bin"


class Rival(System):
    """An app in the rivals' environment that relays one Redis channel."""

    path = "/ws"
    command: tuple[str, ...]

    def start(self) -> None:
        """Start Valkey on the clients' core and the app on the server's."""
        with on_core(CLIENT_CORE):
            valkey = self.things.enter_context(EmbeddedValkey(self.folder / "valkey", free_port()))
        self.redis = self.things.enter_context(connect(valkey.url))
        program, *arguments = (part.format(host=self.host, port=self.port) for part in self.command)
        self.run(str(install() / program), *arguments, REDIS_URL=valkey.url, PYTHONPATH=str(RIVALS))

    def requests(self, count: int) -> list[bytes]:
        """Return plain handshakes: nobody is asked who they are."""
        return [upgrade_request(self.host, self.path, {}) for _ in range(count)]

    def publish(self, numbers: Sequence[int]) -> None:
        """Publish on the channel."""
        pipe = self.redis.pipeline(transaction=False)
        for number in numbers:
            pipe.publish("bench", self.message(number))
        pipe.execute()

    def message(self, number: int) -> bytes:
        """Return what is published."""
        return event_body(number, type="event")


class Manager(Rival):
    """FastAPI's ConnectionManager; it compresses for whoever asks, once a socket."""

    name = "fastapi"
    manners = Manners()
    command = ("uvicorn", "--port", "{port}", "--log-level", "warning", "manager:app")


class PlainManager(Rival):
    """The same, told not to compress."""

    name = "fastapi-plain"
    manners = Manager.manners
    command = (*Manager.command, "--ws-per-message-deflate", "false")


class Rooms(Rival):
    """python-socketio."""

    name = "socketio"
    path = "/socket.io/?EIO=4&transport=websocket"
    manners = Manners(greeting=[b"40"], ready=b"40{", ping=b"2", pong=b"3")
    command = ("uvicorn", "--port", "{port}", "--log-level", "warning", "rooms:app")

    def message(self, number: int) -> bytes:
        """Return what another process of Socket.IO would tell this one: to emit to all."""
        emit = {"method": "emit", "event": "event", "data": json.loads(event_body(number)), "binary": False}
        to_all = {"namespace": "/", "room": None, "skip_sid": None, "callback": None, "host_id": "bench"}
        return json.dumps(emit | to_all).encode()


class Naive(Rival):
    """flask-sock with a subscription per socket."""

    name = "flask-sock"
    most_sockets = 1000
    manners = Manners(ready=b"ready")
    command = ("gunicorn", "-k", "gevent", "-b", "{host}", "--worker-connections", "30000", "naive:app")


class Bare(Server):
    """What ours stands on, gunicorn, Flask and flask-sock, letting sockets in without asking who they are."""

    name = "bare"
    manners = Manners(ready=b"ready")

    def start(self) -> None:
        """Start it in our own environment."""
        command = ("-m", "gunicorn", "-k", "gthread", "--threads", "16", "--backlog", "4096", "-b", self.host)
        self.run(sys.executable, *command, "bare:app", PYTHONPATH=os.pathsep.join((str(RIVALS), str(ROOT))))

    def requests(self, count: int) -> list[bytes]:
        """Return plain handshakes."""
        return [upgrade_request(self.host, "/ws", {}) for _ in range(count)]


class Nchan(System):
    """nchan in nginx: no authentication, no filters; the messages in its own memory."""

    name = "nchan"
    manners = Manners()

    def start(self) -> None:
        """Start nginx with one worker."""
        config = (RIVALS / "nchan.conf").read_text().replace("PORT", str(self.port))
        (self.folder / "nginx.conf").write_text(config)
        self.run("nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"))
        self.publisher: socket.socket | None = None

    def requests(self, count: int) -> list[bytes]:
        """Return plain handshakes."""
        return [upgrade_request(self.host, "/ws", {}) for _ in range(count)]

    def publish(self, numbers: Sequence[int]) -> None:
        """POST them over one connection, all before the first answer is read."""
        if self.publisher is None:
            self.publisher = self.things.enter_context(socket.create_connection(self.address))
        head = "POST /publish HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n"
        bodies = [event_body(number, type="event") for number in numbers]
        self.publisher.sendall(b"".join(head.format(self.host, len(one)).encode() + one for one in bodies))
        answered = 0
        while answered < len(bodies):
            answered += self.publisher.recv(ANSWER_BYTES).count(b"HTTP/1.1 20")


def can_run_nchan() -> bool:
    """Say whether nginx and its nchan module are installed."""
    return shutil.which("nginx") is not None and NCHAN_MODULE.exists()
