"""The door at its worst: no descriptor to hand over after the upgrade, a peer that is gone before its answer."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from complaints.settings import load_settings
from tests.integration.hub.harness import SECRET
from web.app import create_app
from web.http.app_services import Services
from web.hub.core.close_codes import CloseCode
from web.hub.core.hub_status import HubStatus
from web.hub.socket.frames import close_frame
from web.hub.socket.ticket import Ticket
from web.upgrade import socket_route


class FakeHub:
    """Admits everybody, once it has begun; records whose place was given back."""

    def __init__(self) -> None:
        self.status = HubStatus()
        self.asked = threading.Event()
        self.adopted: list[socket.socket] = []
        self.given_back: list[Ticket] = []

    @property
    def accepting(self) -> bool:
        return self.status.accepting

    def wait_for_begin(self, seconds: float) -> None:
        self.asked.set()
        self.status.wait_for_begin(seconds)

    def admit(self, address: str, *, vouched: bool = False) -> Ticket:
        return Ticket(address, counted=not vouched)

    def adopt(self, sock: socket.socket, _ticket: Ticket, _shown: str | None) -> None:
        self.adopted.append(sock)

    def give_back(self, ticket: Ticket) -> None:
        self.given_back.append(ticket)


@pytest.fixture
def app(sqlite_url: str, valkey_url: str) -> Iterator[Flask]:
    """The app with a hub that only admits."""
    settings = load_settings(
        redress_env="test", database_url=sqlite_url, redis_url=valkey_url, jwt_secret_key=SECRET
    )
    made = create_app(settings, enqueue=lambda task, request_id: None)
    services: Services = made.extensions["redress"]
    hub = FakeHub()
    hub.status.begin()
    services.hub = hub  # type: ignore[assignment]
    yield made
    services.database.close()


def handshake(server_side: socket.socket) -> dict[str, Any]:
    """Return the environment of a handshake, as gunicorn makes it."""
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    builder = EnvironBuilder(path=socket_route.PATH, headers=headers)
    return builder.get_environ() | {"gunicorn.socket": server_side}


def upgrade(app: Flask, server_side: socket.socket) -> list[Any]:
    """Run a handshake as gunicorn does; return what the app would have gunicorn write into the socket."""
    written: list[Any] = []
    with pytest.raises(StopIteration):
        app.wsgi_app(handshake(server_side), lambda *answer: written.append(answer))
    return written


def test_without_a_descriptor_to_hand_over_the_client_is_told_to_come_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    def too_many_open_files(_sock: socket.socket) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket_route, "take_over", too_many_open_files)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # When
        written = upgrade(app, ours)
        ours.close()
        said = theirs.makefile("rb").read()
    # Then
    head, _, frames = said.partition(b"\r\n\r\n")
    assert b" 101 " in head
    assert frames == close_frame(CloseCode.RESTART, CloseCode.RESTART.reason)
    assert written == []
    assert len(app.extensions["redress"].hub.given_back) == 1


def test_a_peer_that_is_gone_before_its_answer_is_the_hub_s_to_clean_up(app: Flask) -> None:
    # Given
    ours, theirs = socket.socketpair()
    theirs.close()
    # When
    with ours:
        written = upgrade(app, ours)
    # Then
    hub = app.extensions["redress"].hub
    (adopted,) = hub.adopted
    with adopted:
        assert adopted.recv(1) == b""
    assert written == []
    assert hub.given_back == []


def test_a_socket_that_comes_while_the_hub_starts_waits_for_it(app: Flask) -> None:
    # Given
    hub = app.extensions["redress"].hub
    hub.status = HubStatus()
    # When the hub has begun once somebody waits for it
    beginning = threading.Thread(target=lambda: hub.asked.wait(10) and hub.status.begin())
    beginning.start()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        upgrade(app, theirs)
    beginning.join()
    # Then
    (adopted,) = hub.adopted
    adopted.close()


def test_only_so_many_wait_for_a_hub_that_does_not_begin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = app.extensions["redress"].hub
    hub.status = HubStatus()
    monkeypatch.setattr(socket_route, "STARTING", threading.BoundedSemaphore(1))
    ours, theirs = socket.socketpair()
    statuses: list[str] = []
    with ours, theirs, socket_route.STARTING:
        app.wsgi_app(handshake(theirs), lambda status, *_: statuses.append(status))
    assert statuses == ["503 SERVICE UNAVAILABLE"]
    assert not hub.asked.is_set()
