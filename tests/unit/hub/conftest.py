"""Connections on socket pairs, with owners that record."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from complaints.events.event_feed import SequencedEvent
from tests.unit.hub.presence.presence_world import World
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.socket.ticket import Ticket

OCCURRED = datetime(2026, 5, 1, 12, tzinfo=UTC)


class FakeConnectionOwner:
    """Records what a connection tells."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def interest_changed(self, connection: Connection) -> None:
        self.told.append(f"reads {connection.reads} writes {connection.writes}")

    def closing(self, connection: Connection, code: int) -> None:
        self.told.append(f"closing {int(code)}")

    def ended(self, connection: Connection) -> None:
        self.told.append("ended")


@pytest.fixture
def owner() -> FakeConnectionOwner:
    return FakeConnectionOwner()


@pytest.fixture
def pair(owner: FakeConnectionOwner) -> Iterator[tuple[Connection, socket.socket]]:
    """A connection with small kernel buffers, and its peer."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    theirs.settimeout(2)
    with ours, theirs:
        yield Connection(ours, 1, Ticket("192.0.2.1", counted=False), owner), theirs


MakeEncodedEvent = Callable[..., EncodedEvent]


@pytest.fixture
def make_encoded_event() -> MakeEncodedEvent:
    """Make events on their way."""

    def make(seq: int, before: str | None = None, after: str | None = None, **data: Any) -> EncodedEvent:
        envelope = {
            "seq": seq,
            "name": "status_update",
            "occurred_at": "2026-05-01T12:00:00.000000Z",
            "actor": {"kind": "system", "id": None, "name": "Redress"},
            "data": {"id": "c1", "reference": "RD-1", "version": 3, "site": after, **data},
            "changes": {"site": [before, after]},
        }
        return EncodedEvent(SequencedEvent(seq, "c1", before, after, json.dumps(envelope).encode()))

    return make


@pytest.fixture
def world() -> World:
    """A hub's presence without a hub."""
    return World()
