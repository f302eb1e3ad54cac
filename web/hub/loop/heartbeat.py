"""When each connection is due: to have authenticated, for a ping, for its pong, for the end of its token.

Every connection lies in the slot of its next due second, so that a second's work is the connections due in it.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from random import Random
from time import monotonic

from web.hub.core.close_codes import CloseCode
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.frames import message_frame

FIRST_PING_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Intervals:
    """The hub's times, in seconds."""

    authenticate_within_seconds: float = 10.0
    ping_every_seconds: float = 25
    pong_within_seconds: float = 20.0
    recheck_every_seconds: float = 15.0


class PingState(IntEnum):
    """Where a connection is between two pings."""

    RESTING = 0
    ASKED = 1
    ANSWERED = 2


class Heartbeat:
    """Pings connections and ends those whose time is over."""

    def __init__(self, context: HubContext, intervals: Intervals) -> None:
        self._context = context
        self._intervals = intervals
        self._slots: dict[int, list[Connection]] = defaultdict(list)
        self._jitter = Random()  # noqa: S311 - not secret, and the system's would make the loop wait for the GIL
        self._done = int(monotonic())
        self._ping: tuple[int, str, bytes] = (-1, "", b"")

    @property
    def interval(self) -> float:
        """The seconds between two pings."""
        return self._intervals.ping_every_seconds

    def expect_authentication(self, connection: Connection) -> None:
        """End the connection if it does not say who it is in time, or if nobody finds out."""
        connection.due_at = monotonic() + self._intervals.authenticate_within_seconds
        self._place(connection)

    def begin(self, connection: Connection) -> None:
        """Ping it from now on. First pings are spread, so that those who came together are not asked together."""
        share = self._jitter.uniform(FIRST_PING_SHARE, 1.0)
        connection.ping_state = PingState.RESTING
        connection.due_at = monotonic() + share * self._intervals.ping_every_seconds
        self._place(connection)

    def token_renewed(self, connection: Connection) -> None:
        """Its token now ends at `connection.expires`."""
        self._place(connection)

    def answered(self, connection: Connection) -> None:
        """The pong has come."""
        if connection.ping_state == PingState.ASKED:
            connection.ping_state = PingState.ANSWERED

    def tick(self, now: float) -> None:
        """Do what has come due."""
        for second in range(self._done + 1, int(now) + 1):
            for connection in self._slots.pop(second, ()):
                if connection.is_open and _slot_of(connection) <= second:
                    self._context.loop.guard(connection, partial(self._do_due, connection, now))
        self._done = int(now)

    def _do_due(self, connection: Connection, now: float) -> None:
        if connection.state is ConnectionState.UNAUTHENTICATED:
            connection.close(CloseCode.BAD_TOKEN)
        elif connection.state is ConnectionState.AUTHENTICATING:
            connection.close(CloseCode.RESTART)
        elif connection.expires and now >= connection.expires:
            connection.close(CloseCode.EXPIRED)
        elif now >= connection.due_at:
            self._ping_or_close(connection, now)
        if connection.is_open:
            self._place(connection)

    def _ping_or_close(self, connection: Connection, now: float) -> None:
        if connection.ping_state == PingState.ASKED:
            connection.close(CloseCode.NO_PONG)
        elif connection.ping_state == PingState.ANSWERED:
            connection.ping_state = PingState.RESTING
            connection.due_at = _next(
                connection, now, self._intervals.ping_every_seconds - self._intervals.pong_within_seconds
            )
        else:
            connection.ping_state = PingState.ASKED
            connection.due_at = _next(connection, now, self._intervals.pong_within_seconds)
            connection.send_frame(self._ping_frame(*self._context.place_of(connection)))

    def _ping_frame(self, head: int, epoch: str) -> bytes:
        if self._ping[:2] != (head, epoch):
            self._ping = (head, epoch, message_frame({"type": "ping", "head": head, "epoch": epoch}))
        return self._ping[2]

    def _place(self, connection: Connection) -> None:
        slot = max(_slot_of(connection), self._done + 1)
        self._slots[slot].append(connection)


def _next(connection: Connection, now: float, seconds: float) -> float:
    """Return the time that keeps to the interval, unless the loop itself was held up: nobody suffers for that."""
    return max(connection.due_at, now - 1) + seconds


def _slot_of(connection: Connection) -> int:
    due = connection.due_at
    if connection.expires:
        due = min(due, connection.expires)
    return int(due) + 1
