"""The places that this process's sockets take among their operators', from the first to the last.

A place that was given up goes back at once: whoever reloads a page at their operator's cap is to find it free.
"""

from collections import deque
from functools import partial

from redis import RedisError

from web.hub.core.credentials import SocketIdentity
from web.hub.entry.operator_cap import OperatorCap, OperatorPlace
from web.hub.loop.context import HubContext
from web.hub.loop.redis_jobs import RedisJobs
from web.hub.socket.connection import Connection

RENEW = "renew places"
RELEASE = "release places"


class OperatorPlaces:
    """Runs in the loop's thread, save for `release_all`; what waits for Redis is left to the Redis thread."""

    def __init__(self, name: str, context: HubContext, cap: OperatorCap, jobs: RedisJobs) -> None:
        self._name = name
        self._context = context
        self._cap = cap
        self._jobs = jobs
        self._given_up: deque[OperatorPlace] = deque()

    def name_of(self, connection: Connection) -> str:
        """Return the connection's name, unique among all processes."""
        return f"{self._name}.{connection.number}"

    def give_up(self, connection: Connection, identity: SocketIdentity) -> None:
        """The connection no longer counts among its operator's."""
        self._given_up.append((identity.holder_id, self.name_of(connection)))
        if len(self._given_up) == 1:
            self._context.loop.call(self.give_back)

    def give_back(self) -> None:
        """Give back what was given up; where Redis did not take it, the next second tries again."""
        if self._given_up and not self._jobs.is_busy(RELEASE):
            self._jobs.start(RELEASE, partial(self._release, self._take_given_up()), self.give_back)

    def renew(self) -> bool:
        """Keep the places of all who are here; False while the last time is still under way."""
        if self._jobs.is_busy(RENEW):
            return False
        return self._jobs.start(RENEW, partial(self._cap.renew, self._taken()))

    def release_all(self) -> None:
        """Give back what is still held, once the loop has ended: the last of its kind in the Redis thread."""
        self._release(self._take_given_up())

    def _take_given_up(self) -> list[OperatorPlace]:
        return [self._given_up.popleft() for _ in range(len(self._given_up))]

    def _release(self, places: list[OperatorPlace]) -> None:
        try:
            self._cap.release(places)
        except RedisError:
            self._given_up.extend(places)
            raise

    def _taken(self) -> list[OperatorPlace]:
        return [
            (connection.identity.holder_id, self.name_of(connection))
            for connection in self._context.loop.connections.values()
            if connection.is_open and connection.identity is not None
        ]
