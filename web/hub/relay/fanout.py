"""A new event to everybody who is live: encoded once, joined with what already waits, one write a connection."""

from collections.abc import Callable
from time import time

from web.hub.core.measurements import Lags
from web.hub.loop.context import Room
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import Delivery, visible_frames


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
        for sight, members in self._room.live.by_sight().items():
            frames = visible_frames(chunk, *sight)
            if frames:
                taken = self._send(b"".join(frames), members, chunk[0].seq - 1)
                self._room.counters.sent += taken * len(frames)

    def _send(self, blob: bytes, members: list[Connection], cursor: int) -> int:
        """Return how many took it."""
        taken = 0
        for connection in members:
            try:
                if connection.offer(blob):
                    taken += 1
                else:
                    self._fall_behind(connection, cursor)
            except Exception:  # noqa: BLE001 - `fail` logs it and closes the connection
                self._room.fail(connection)
        return taken
