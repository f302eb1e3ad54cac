"""A new event to everybody who is live: encoded once, joined with what already waits, one write a connection."""

from collections.abc import Callable
from time import time

from web.hub.core.measurements import LagHistogram
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import EncodedEvent, visible_frames


class Fanout:
    """Sends events to the live connections. Runs in the loop's thread."""

    def __init__(
        self, context: HubContext, lags: LagHistogram, fall_behind: Callable[[Connection, int], object]
    ) -> None:
        self._context = context
        self._lags = lags
        self._fall_behind = fall_behind

    def deliver(self, chunk: list[EncodedEvent]) -> None:
        """Take what follows the head, in order and small enough for one write, to everybody."""
        for encoded in chunk:
            self._context.tail.append(encoded)
        self._sweep(chunk)
        now = time()
        for encoded in chunk:
            self._lags.observe((now - encoded.occurred) * 1000)

    def _sweep(self, chunk: list[EncodedEvent]) -> None:
        for visibility, members in self._context.subscribers.by_visibility().items():
            frames = visible_frames(chunk, *visibility)
            if frames:
                taken = self._send(b"".join(frames), members, chunk[0].seq - 1)
                self._context.counters.sent += taken * len(frames)

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
                self._context.fail(connection)
        return taken
