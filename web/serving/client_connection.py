"""One connection of an HTTP client, as the poller's thread sees it."""

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from gunicorn.http.message import Request

from web.serving.client_socket import ClientSocket
from web.serving.incoming_request import IncomingRequest


class Stage(Enum):
    """What a connection is waited for, in the order in which connections are given up where there are too many."""

    LINGERING = auto()  # that the peer has seen its last answer and ends
    READING = auto()  # the rest of a request, or all of the first one
    FLUSHING = auto()  # that the peer reads its answer
    RESTING = auto()  # another request


@dataclass(eq=False, slots=True)
class ClientConnection:
    """A connection, and what it is waited for. `sock`, `client` and `server` are what gunicorn asks for."""

    sock: ClientSocket
    client: Any
    server: Any
    incoming: IncomingRequest
    stage: Stage = Stage.READING
    entered: float = 0.0
    deadline: float = 0.0
    events: int = 0
    held_bytes: int = 0
    discarded_bytes: int = 0
    keeps_alive: bool = False
    request: Request | None = None

    def enter(self, stage: Stage, seconds: float) -> None:
        """From here on it is waited for this, so long at most."""
        self.stage = stage
        self.entered = time.monotonic()
        self.postpone(seconds)

    def postpone(self, seconds: float) -> None:
        """Wait so long from now."""
        self.deadline = time.monotonic() + seconds

    def last(self, seconds: float) -> None:
        """Wait so long in all, from when this began."""
        self.deadline = self.entered + seconds

    def hurry(self, deadline: float) -> None:
        """Wait no longer than until then."""
        self.deadline = min(self.deadline, deadline)

    def measure(self) -> int:
        """Note how much memory its bytes take, both ways; return by how much that is more than before."""
        now = self.incoming.held_bytes + len(self.sock.backlog)
        more, self.held_bytes = now - self.held_bytes, now
        return more
