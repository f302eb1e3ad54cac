"""A new event to everybody who is live: encoded once, joined with what already waits, one write a connection."""

from collections.abc import Callable
from time import time

from web.hub.connection import Connection
from web.hub.delivery import Delivery, Sites, visible_frames
from web.hub.numbers import Lags
from web.hub.room import Room, sites_of


class Fanout:
    """Sends events to the live connections. Runs in the loop's thread."""

    def __init__(self, room: Room, lags: Lags, fall_behind: Callable[[Connection, int], object]) -> None:
        self._room = room
        self._lags = lags
        self._fall_behind = fall_behind

    def deliver(self, chunk: list[Delivery]) -> None:
        """Take what follows the head, in order and small enough for one write, to everybody."""
        for delivery in chunk:
            self._room.tail.append(delivery)
        self._sweep(chunk)
        now = time()
        for delivery in chunk:
            self._lags.observe((now - delivery.occurred) * 1000)

    def _sweep(self, chunk: list[Delivery]) -> None:
        blobs: dict[tuple[Sites, str | None], tuple[bytes, int]] = {}
        for connection in tuple(self._room.live):
            try:
                self._send(connection, chunk, blobs)
            except Exception:  # noqa: BLE001 - `fail` logs it and closes the connection
                self._room.fail(connection)

    def _send(
        self,
        connection: Connection,
        chunk: list[Delivery],
        blobs: dict[tuple[Sites, str | None], tuple[bytes, int]],
    ) -> None:
        view = (sites_of(connection), connection.narrowed_to)
        if view not in blobs:
            frames = visible_frames(chunk, *view)
            blobs[view] = (b"".join(frames), len(frames))
        blob, count = blobs[view]
        if not count:
            return
        if connection.offer(blob):
            self._room.counters.sent += count
        else:
            self._fall_behind(connection, chunk[0].seq - 1)
