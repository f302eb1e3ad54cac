"""Thousands of clients in one thread: they connect, say who they are, and count what comes, in order.

What each frame carries is checked at both ends of every read: the numbers must follow each other.
"""

import select
import socket
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from bench.relay.wire import END_OF_HEAD, UPGRADED, is_compressed, payloads, text_message

READ_BYTES = 512 * 1024
EVENTS = 1024
AT_ONCE = 64
MARK = b'"mark":"'
DIGITS = 8
END_OF_DEFLATED = b"\0\0\xff\xff"


@dataclass(frozen=True, slots=True)
class Manners:
    """How to be a client of one system: what to send after the upgrade, and which payload says that it's ready."""

    greeting: Sequence[bytes] = ()
    ready: bytes = b""
    ping: bytes = b""
    pong: bytes = b""


@dataclass(slots=True)
class Member:
    """One client; `heard` is the number of the last event that it got."""

    sock: socket.socket
    request: bytes
    began: float
    ready_at: float = 0.0
    upgraded: bool = False
    heard: int = 0
    rest: bytes = b""
    deaf: bool = False
    _inflater: Any = None

    def inflate(self, payload: bytes) -> bytes:
        """Return what was compressed (RFC 7692 section 7.2.2)."""
        self._inflater = self._inflater or zlib.decompressobj(-zlib.MAX_WBITS)
        inflated: bytes = self._inflater.decompress(payload + END_OF_DEFLATED)
        return inflated


class CrowdFault(Exception):
    """A client was refused, cut off, or got something else than the next event."""


@dataclass
class Crowd:
    """Clients of one address. `on_events(member, first, last)` is told of each run of events."""

    address: tuple[str, int]
    manners: Manners
    on_events: Callable[[int, int], object] = lambda _first, _last: None
    members: dict[int, Member] = field(default_factory=dict)
    deliveries: int = 0
    ready: int = 0
    start: int = 0

    def __post_init__(self) -> None:
        self._epoll = select.epoll()
        self._buffer = bytearray(READ_BYTES)
        self._view = memoryview(self._buffer)
        self._frame = self._place = 0
        self._due, self._mark_of_due = 0, b""

    def connect(
        self, requests: Sequence[bytes], *, at_once: int = AT_ONCE, within: float = 120
    ) -> list[float]:
        """Connect one client for each request, so many at a time; return the seconds that each took to be ready."""
        waiting = list(reversed(requests))
        mine: list[Member] = []
        goal = self.ready + len(requests)
        until = monotonic() + within
        while self.ready < goal:
            while waiting and len(mine) - (self.ready - (goal - len(requests))) < at_once:
                mine.append(self._join(waiting.pop()))
            self.pump(0.05)
            if monotonic() > until:
                raise CrowdFault(f"{goal - self.ready} of {len(requests)} clients were not ready in time")
        return [member.ready_at - member.began for member in mine]

    def pump(self, timeout: float) -> None:
        """Take what has come, waiting at most so many seconds for it."""
        for fd, _ in self._epoll.poll(timeout, EVENTS):
            member = self.members[fd]
            if member.request:
                self._send_request(member)
            else:
                self._read(member)

    def deafen(self, count: int) -> None:
        """Let so many of them read no more."""
        for member in list(self.members.values())[:count]:
            member.deaf = True
            self._epoll.unregister(member.sock.fileno())

    @property
    def hearing(self) -> list[Member]:
        """Those who read."""
        return [member for member in self.members.values() if not member.deaf]

    def leave(self) -> None:
        """Close everything."""
        for member in self.members.values():
            member.sock.close()
        self.members.clear()
        self._epoll.close()

    def _join(self, request: bytes) -> Member:
        sock = socket.socket()
        sock.setblocking(False)
        with suppress(BlockingIOError):
            sock.connect(self.address)
        member = Member(sock, request, monotonic(), heard=self.start)
        self.members[sock.fileno()] = member
        self._epoll.register(sock.fileno(), select.EPOLLOUT)
        return member

    def _send_request(self, member: Member) -> None:
        fault = member.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if fault:
            raise CrowdFault(f"connect: {fault}")
        member.sock.send(member.request)
        member.request = b""
        self._epoll.modify(member.sock.fileno(), select.EPOLLIN)

    def _read(self, member: Member) -> None:
        try:
            size = member.sock.recv_into(self._buffer)
        except BlockingIOError:
            return
        if not size:
            raise CrowdFault(f"cut off after {member.heard - self.start} events")
        if size == self._frame and not member.rest and self._is_due(member):
            self._heard(member, member.heard + 1, 1)
        elif not member.upgraded:
            self._hear_head(member, bytes(self._view[:size]))
        elif member.rest or not self._count_whole_frames(member, size):
            self._hear(member, member.rest + bytes(self._view[:size]))

    def _is_due(self, member: Member) -> bool:
        """Say whether what was read, as long as one event, is the one that the member lacks: the quickest way."""
        due = member.heard + 1
        if due != self._due:
            self._due, self._mark_of_due = due, MARK + b"%0*d" % (DIGITS, due)
        return self._buffer.startswith(self._mark_of_due, self._place - len(MARK))

    def _hear_head(self, member: Member, data: bytes) -> None:
        head, end, rest = (member.rest + data).partition(END_OF_HEAD)
        member.rest = head if not end else b""
        if not end:
            return
        if UPGRADED not in head.split(b"\r\n", 1)[0]:
            raise CrowdFault(f"refused: {head[:200]!r} {rest[:200]!r}")
        member.upgraded = True
        for message in self.manners.greeting:
            member.sock.send(text_message(message))
        if not self.manners.ready:
            self._is_ready(member)
        self._hear(member, rest)

    def _count_whole_frames(self, member: Member, size: int) -> bool:
        """Take the quick way where the read holds nothing but whole events of the usual size."""
        frame, place = self._frame, self._place
        if not frame:
            return False
        count, over = divmod(size, frame)
        if over or self._buffer[place - len(MARK) : place] != MARK:
            return False
        self._heard(member, int(self._buffer[place : place + DIGITS]), count)
        last = size - frame + place
        if int(self._buffer[last : last + DIGITS]) != member.heard:
            raise CrowdFault("the last event of a run is not the one that was due")
        return True

    def _hear(self, member: Member, data: bytes) -> None:
        done = 0
        for payload, end in payloads(data):
            compressed = is_compressed(data, done)
            if compressed:
                payload = member.inflate(payload)  # noqa: PLW2901 - what follows wants it as it was written
            place = payload.find(MARK)
            if place >= 0:
                place += len(MARK)
                if not self._frame and not compressed:
                    self._frame, self._place = end - done, end - done - len(payload) + place
                self._heard(member, int(payload[place : place + DIGITS]), 1)
            elif self.manners.ready and not member.ready_at and self.manners.ready in payload:
                self._is_ready(member)
            elif self.manners.ping and self.manners.ping in payload:
                member.sock.send(text_message(self.manners.pong))
            done = end
        member.rest = data[done:]

    def _is_ready(self, member: Member) -> None:
        member.ready_at = monotonic()
        self.ready += 1

    def _heard(self, member: Member, first: int, count: int) -> None:
        if first != member.heard + 1:
            raise CrowdFault(f"event {first} came after {member.heard}")
        member.heard += count
        self.deliveries += count
        self.on_events(first, member.heard)
