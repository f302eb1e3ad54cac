"""A dashboard that keeps its cursor as the contract says, and holds every message against the truth."""

import json
from types import SimpleNamespace
from typing import Any

from wsproto.frame_protocol import FrameDecoder, Opcode

from tests.unit.hub.relay.inside import REPLAY_LIMIT, FakeHub, FakeSocket
from tests.unit.hub.relay.outside import Event, FakeTable
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.connection import Connection


class Client:
    """Comes with a list that it fetched, subscribes after it, and comes back after what it has seen."""

    def __init__(self, table: FakeTable, sites: frozenset[str] | None, complaint: str | None) -> None:
        self._table = table
        self._sites = sites
        self._complaint = complaint
        self._identity = SimpleNamespace(sites=sites)
        self._deleted_to = 0
        self.hub: FakeHub | None = None
        self.connection: Connection | None = None
        self.cursor = 0
        self.epoch = ""
        self.is_live = False

    @property
    def is_connected(self) -> bool:
        return self.connection is not None and not self._socket.broken

    @property
    def has_all(self) -> bool:
        return self.is_live and (self.cursor, self.epoch) == (self._table.top, self._table.epoch)

    def connect(self, hub: FakeHub) -> None:
        if not self.epoch:
            self._fetch_list(self._table.top, self._table.epoch)
        self.hub, self.is_live = hub, False
        self._decoder = FrameDecoder(client=True)
        self._payload = b""
        self._deleted_to = min(self._deleted_to, hub.context.tail.head)
        self.connection = hub.connect(self._identity, self._wish())
        self._socket: FakeSocket = self.connection.sock  # type: ignore[assignment]

    def subscribe_again(self, back: int) -> None:
        """Ask once more, for some that it has seen already, once what is on the way has come."""
        while self.connection is not None and self._socket.kernel:
            self.read(1000)
        if self.hub is not None and self.connection is not None and self.is_connected:
            self.cursor, self.is_live = max(0, self.cursor - back), False
            self._deleted_to = min(self._deleted_to, self.cursor)
            self.hub.replayer.subscribe(self.connection, self._wish())

    def disconnect(self) -> None:
        """The network is gone, with all that was on the way."""
        if self.connection is not None:
            self._socket.broken = True
            self.connection.end()
            self.connection = None

    def read(self, size: int) -> None:
        """Take bytes, judge what they say, and let the hub notice that there is room."""
        if self.connection is None or self.hub is None:
            return
        data, self._socket.kernel = self._socket.kernel[:size], self._socket.kernel[size:]
        self._decoder.receive_bytes(data)
        while (part := self._decoder.process_buffer()) is not None:
            self._payload += part.payload
            if part.opcode is Opcode.CLOSE:
                self.disconnect()
                return
            if part.frame_finished:
                message, self._payload = json.loads(self._payload), b""
                getattr(self, f"_hear_{message['type']}")(message)
        if self.connection.writes:
            self.connection.flush()
            self.hub.replayer.advance(self.connection)

    def ask_for_ping(self) -> None:
        if self.connection is not None and self.hub is not None:
            head, epoch = self.hub.context.place_of(self.connection)
            self.connection.send_message({"type": "ping", "head": head, "epoch": epoch})

    def _wish(self) -> Subscribe:
        return Subscribe(self.cursor, self.epoch, self._complaint)

    def _sees(self, event: Event) -> bool:
        complaint, before, after, _ = event
        mine = self._sites is None or bool(self._sites & {before, after})
        return mine and self._complaint in (None, complaint)

    def _hear_event(self, message: dict[str, Any]) -> None:
        seq = message["seq"]
        assert seq > self.cursor, f"{seq} comes after {self.cursor}"
        self._pass_over_to(seq - 1)
        event = self._table.truth[self.epoch][seq]
        assert self._sees(event)
        complaint, _, after, version = event
        stays = self._sites is None or after in self._sites
        assert message["name"] == ("status_update" if stays else "removed")
        assert (message["data"]["id"], message["data"]["version"]) == (complaint, version)
        self.cursor = seq

    def _hear_live(self, message: dict[str, Any]) -> None:
        self._pass_over_to(message["head"])
        self.is_live = True

    def _hear_ping(self, message: dict[str, Any]) -> None:
        assert message["epoch"] == self.epoch, "another order, and nobody has said so"
        self._pass_over_to(message["head"])

    def _hear_resync(self, message: dict[str, Any]) -> None:
        self._must_have_a_reason(message)
        self._fetch_list(message["head"], message["epoch"])
        self.is_live = True

    def _pass_over_to(self, head: int) -> None:
        """From here on the client will never ask for what lies below."""
        assert head >= self.cursor, f"back to {head} from {self.cursor}"
        order = self._table.truth[self.epoch]
        assert not [seq for seq in range(self.cursor + 1, head + 1) if self._sees(order[seq])], "a hole"
        self.cursor = head

    def _fetch_list(self, head: int, epoch: str) -> None:
        self.cursor, self.epoch = head, epoch
        self._deleted_to = min(head, self._table.deleted_to)

    def _must_have_a_reason(self, message: dict[str, Any]) -> None:
        new_epoch = message["epoch"] != self.epoch
        retention = self._table.deleted_to > self._deleted_to
        far_behind = message["reason"] == "behind" and message["head"] - self.cursor > REPLAY_LIMIT
        assert new_epoch or retention or far_behind, f"a needless resync: {message}"
