"""One thread and one epoll that own every connection of the process.

Only this thread registers, unregisters and closes. Others leave a call, which wakes it through an eventfd if it is
about to wait; it says so before it looks for calls, so that none is overlooked. Calls run between two polls, so
that a descriptor that was closed and given out again within one poll's events is never taken for the connection
that had it before.
"""

import heapq
import itertools
import os
import select
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from web.hub.socket.connection import Connection, ConnectionState

EVENTS_MAXIMUM = 1024
CALLS_SLICE_SECONDS = 0.005
SECOND = 1.0

Ready = Callable[[Connection, bool, bool], None]
"""Handle a connection that can be read or written (or both). What it raises is the connection's fault."""


class EventLoop:
    """The epoll loop. `call` and `stop` may be used by any thread, everything else by the loop's own."""

    def __init__(self, *, on_fault: Callable[[Connection], None]) -> None:
        self.connections: dict[int, Connection] = {}
        self._on_fault = on_fault
        self._epoll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(
            self, os.close, self._wake
        )  # not earlier: a late `wake` must not hit another's descriptor
        self._epoll.register(self._wake, select.EPOLLIN)
        self._calls: deque[Callable[[], object]] = deque()
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._stopping = False
        self._waits = False

    def call(self, function: Callable[[], object]) -> None:
        """Run `function` in the loop's thread, soon and in order."""
        self._calls.append(function)
        if self._waits:
            self.wake()

    def wake(self) -> None:
        """Make the loop look up now. Safe in a signal handler."""
        with suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def later(self, seconds: float, function: Callable[[], object]) -> None:
        """Run `function` after `seconds`."""
        heapq.heappush(self._timers, (monotonic() + seconds, next(self._numbers), function))

    def stop(self) -> None:
        """End the loop, and with it every connection."""
        self._stopping = True
        self.wake()

    def register(self, connection: Connection) -> None:
        """Take the connection on."""
        self._epoll.register(connection.fd, _interest(connection))
        self.connections[connection.fd] = connection

    def rearm(self, connection: Connection) -> None:
        """Wait for what the connection waits for now."""
        if connection.fd in self.connections:
            self._epoll.modify(connection.fd, _interest(connection))

    def unregister(self, connection: Connection) -> None:
        """Let the connection go; its descriptor is still open."""
        if self.connections.pop(connection.fd, None) is not None:
            self._epoll.unregister(connection.fd)

    def drop(self, connection: Connection) -> None:
        """Get rid of a connection that can't even be closed in order."""
        with suppress(OSError):
            self.unregister(connection)
        connection.sock.close()

    def guard(self, connection: Connection, function: Callable[[], object]) -> None:
        """Run `function`; a fault in it costs this connection, not the loop."""
        try:
            function()
        except Exception:  # noqa: BLE001 - `_on_fault` logs it and closes the connection
            self._on_fault(connection)

    def run(self, *, on_ready: Ready, on_second: Callable[[float], None]) -> None:
        """Serve until stopped. Whatever ends it, every connection is closed."""
        next_second = monotonic() + SECOND
        try:
            while not self._stopping:
                self._poll_once(next_second, on_ready)
                self._run_calls()
                now = monotonic()
                self._run_timers(now)
                if now >= next_second:
                    next_second = now + SECOND
                    on_second(now)
        finally:
            self._close()

    def _poll_once(self, until: float, on_ready: Ready) -> None:
        self._waits = True
        found = self._epoll.poll(self._timeout(until), EVENTS_MAXIMUM)
        self._waits = False
        for fd, events in found:
            connection = self.connections.get(fd)
            if connection is None:
                if fd == self._wake:
                    os.eventfd_read(self._wake)
                continue
            try:
                if events & select.EPOLLRDHUP:
                    connection.end()
                    continue
                on_ready(connection, bool(events & ~select.EPOLLOUT), bool(events & select.EPOLLOUT))
            except Exception:  # noqa: BLE001 - as in `guard`, without a closure for each event
                self._on_fault(connection)

    def _timeout(self, until: float) -> float:
        if self._calls:
            return 0.0
        if self._timers:
            until = min(until, self._timers[0][0])
        return max(0.0, until - monotonic())

    def _run_calls(self) -> None:
        until = monotonic() + CALLS_SLICE_SECONDS
        while self._calls:
            self._calls.popleft()()
            if monotonic() >= until:
                return

    def _run_timers(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    def _close(self) -> None:
        for connection in list(self.connections.values()):
            connection.end()
        self._epoll.close()


def _interest(connection: Connection) -> int:
    """While it is being authenticated, input waits in the kernel, but that the peer has gone is to be heard."""
    events = select.EPOLLIN if connection.reads else 0
    if connection.state is ConnectionState.AUTHENTICATING:
        events |= select.EPOLLRDHUP
    return events | (select.EPOLLOUT if connection.writes else 0)
