"""Going down: every connection is closed with 4001, spread over a while so that not all come back at once."""

from collections.abc import Callable
from functools import partial
from random import SystemRandom
from time import monotonic

from web.hub.core.close_codes import CloseCode
from web.hub.loop.context import HubContext
from web.hub.socket.connection import LINGER_SECONDS

STEP_SECONDS = 0.05
CLOSED_PER_SECOND = 400
RESERVE_SECONDS = 1.0


class Drain:
    """Closes in random order, at most `CLOSED_PER_SECOND` a second unless the time is too short for that.

    It goes on while there is `anybody`, also on the way in, and calls `done` then or when the time is over.
    """

    def __init__(
        self, context: HubContext, within: float, *, anybody: Callable[[], object], done: Callable[[], object]
    ) -> None:
        self._context = context
        self._anybody = anybody
        self._done = done
        self._waiting = [one for one in context.loop.connections.values() if one.is_open]
        SystemRandom().shuffle(self._waiting)
        window = max(0.0, within - LINGER_SECONDS - RESERVE_SECONDS)
        self._rate = max(CLOSED_PER_SECOND, len(self._waiting) / window if window else float("inf"))
        self._began = monotonic()
        self._closed = 0
        self._give_up_at = self._began + within - RESERVE_SECONDS

    def step(self) -> None:
        """Close those whose time has come, and call again until nobody is left or the time is over."""
        now = monotonic()
        due = min(len(self._waiting), 1 + int(min((now - self._began) * self._rate, 1e9)))
        for connection in self._waiting[self._closed : due]:
            self._context.loop.guard(connection, partial(connection.close, CloseCode.RESTART))
        self._closed = due
        if self._anybody() and now < self._give_up_at:
            self._context.loop.later(STEP_SECONDS, self.step)
        else:
            self._done()
