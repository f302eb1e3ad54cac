"""What the reader brings, handed from its thread to the loop's in the order of events."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from complaints.events.event_feed import Head
from web.hub.core.hub_status import HubStatus
from web.hub.core.resync_reasons import ResyncReason
from web.hub.loop.context import HubContext
from web.hub.presence.presence import Presence
from web.hub.relay.fanout import Fanout
from web.hub.relay.replay import Replayer
from web.hub.socket.encoded_event import CHUNK_BYTES, EncodedEvent


@dataclass(frozen=True, slots=True)
class Restart:
    """The one total order begins anew at `head`; `newest` are the events before it, as far as they are at hand."""

    head: Head
    newest: list[EncodedEvent]
    reason: ResyncReason


class Arrivals:
    """The reader's `StreamListener`. What it is told waits here until the loop's thread takes it."""

    def __init__(
        self,
        context: HubContext,
        status: HubStatus,
        *,
        fanout: Fanout,
        replayer: Replayer,
        presence: Presence,
        report: Callable[[], object],
    ) -> None:
        """`report` tells the other processes of a new order at once."""
        self._context = context
        self._status = status
        self._fanout = fanout
        self._replayer = replayer
        self._presence = presence
        self._report = report
        self._waiting: deque[EncodedEvent | Restart] = deque()

    def restarted(self, head: Head, newest: list[EncodedEvent], reason: ResyncReason) -> None:
        """See `StreamListener`."""
        self._add([Restart(head, newest, reason)])

    def advanced(self, encoded_events: list[EncodedEvent]) -> None:
        """See `StreamListener`."""
        self._add(encoded_events)

    def _add(self, arrivals: Iterable[EncodedEvent | Restart]) -> None:
        self._waiting.extend(arrivals)
        self._context.loop.call(self._take)

    def _take(self) -> None:
        """Take what waits, oldest first: as much as fits one write, then others have their turn."""
        chunk: list[EncodedEvent] = []
        size = 0
        while self._waiting and size < CHUNK_BYTES:
            arrival = self._waiting.popleft()
            if isinstance(arrival, Restart):
                self._send(chunk)
                self._restart(arrival)
                chunk, size = [], 0
            else:
                chunk.append(arrival)
                size += len(arrival.frame)
        self._send(chunk)
        if self._waiting:
            self._context.loop.call(self._take)

    def _send(self, chunk: list[EncodedEvent]) -> None:
        if chunk:
            self._fanout.deliver(chunk)
            self._replayer.head_moved()
            self._presence.moved(chunk)

    def _restart(self, restart: Restart) -> None:
        self._context.epoch = restart.head.epoch
        self._context.tail.restart(restart.head.top, restart.newest)
        for connection in list(self._context.loop.connections.values()):
            if connection.is_open:
                again = partial(self._replayer.restarted, connection, restart.reason)
                self._context.loop.guard(connection, again)
        self._presence.look_again()
        self._status.begin()
        self._report()
