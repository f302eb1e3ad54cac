"""When each connection is due: to have authenticated, for a ping, for its pong, for the end of its token.

Every connection lies in the slot of its next due second, so that a second's work is the connections due in it.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from random import Random
from time import monotonic

from web.hub.core.close_codes import Close
from web.hub.loop.context import Room
from web.hub.socket.connection import Connection, State
from web.hub.socket.frames import message_frame

FIRST_PING_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """The hub's times, in seconds."""

    authenticate_within: float = 10.0
    ping_every: float = 25
    pong_within: float = 20.0
    recheck_every: float = 15.0


class Beat(IntEnum):
    """Where a connection is between two pings."""

    RESTING = 0
    ASKED = 1
    ANSWERED = 2


class Pulse:
    """Pings connections and ends those whose time is over."""

    def __init__(self, room: Room, pace: Pace) -> None:
        self._room = room
        self._pace = pace
        self._slots: dict[int, list[Connection]] = defaultdict(list)
        self._jitter = Random()  # noqa: S311 - not secret, and the system's would make the loop wait for the GIL
        self._done = int(monotonic())
        self._ping: tuple[int, str, bytes] = (-1, "", b"")

    @property
    def interval(self) -> float:
        """The seconds between two pings."""
        return self._pace.ping_every

    def expect_authentication(self, connection: Connection) -> None:
        """End the connection if it does not say who it is in time, or if nobody finds out."""
        connection.pulse_at = monotonic() + self._pace.authenticate_within
        self._place(connection)

    def begin(self, connection: Connection) -> None:
        """Ping it from now on. First pings are spread, so that those who came together are not asked together."""
        share = self._jitter.uniform(FIRST_PING_SHARE, 1.0)
        connection.beat = Beat.RESTING
        connection.pulse_at = monotonic() + share * self._pace.ping_every
        self._place(connection)

    def token_renewed(self, connection: Connection) -> None:
        """Its token now ends at `connection.expires`."""
        self._place(connection)

    def answered(self, connection: Connection) -> None:
        """The pong has come."""
        if connection.beat == Beat.ASKED:
            connection.beat = Beat.ANSWERED

    def tick(self, now: float) -> None:
        """Do what has come due."""
        for second in range(self._done + 1, int(now) + 1):
            for connection in self._slots.pop(second, ()):
                if connection.is_open and _slot_of(connection) <= second:
                    self._room.loop.guard(connection, partial(self._beat, connection, now))
        self._done = int(now)

    def _beat(self, connection: Connection, now: float) -> None:
        if connection.state is State.UNAUTHENTICATED:
            connection.close(Close.BAD_TOKEN)
        elif connection.state is State.AUTHENTICATING:
            connection.close(Close.RESTART)
        elif connection.expires and now >= connection.expires:
            connection.close(Close.EXPIRED)
        elif now >= connection.pulse_at:
            self._pulse(connection, now)
        if connection.is_open:
            self._place(connection)

    def _pulse(self, connection: Connection, now: float) -> None:
        if connection.beat == Beat.ASKED:
            connection.close(Close.NO_PONG)
        elif connection.beat == Beat.ANSWERED:
            connection.beat = Beat.RESTING
            connection.pulse_at = _next(connection, now, self._pace.ping_every - self._pace.pong_within)
        else:
            connection.beat = Beat.ASKED
            connection.pulse_at = _next(connection, now, self._pace.pong_within)
            connection.say_frame(self._ping_frame(*self._room.place_of(connection)))

    def _ping_frame(self, head: int, epoch: str) -> bytes:
        if self._ping[:2] != (head, epoch):
            self._ping = (head, epoch, message_frame({"type": "ping", "head": head, "epoch": epoch}))
        return self._ping[2]

    def _place(self, connection: Connection) -> None:
        slot = max(_slot_of(connection), self._done + 1)
        self._slots[slot].append(connection)


def _next(connection: Connection, now: float, seconds: float) -> float:
    """Return the time that keeps the rhythm, unless the loop itself was held up: nobody is to suffer for that."""
    return max(connection.pulse_at, now - 1) + seconds


def _slot_of(connection: Connection) -> int:
    due = connection.pulse_at
    if connection.expires:
        due = min(due, connection.expires)
    return int(due) + 1
