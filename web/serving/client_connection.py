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
    deadline: float = 0.0
    events: int = 0
    entered: float = 0.0
    held_bytes: int = 0
    spooled_bytes: int = 0
    discarded_bytes: int = 0
    keeps_alive: bool = False
    request: Request | None = None

    def enter(self, stage: Stage, seconds: float) -> None:
        """From here on it is waited for this, so long at most."""
        self.stage = stage
        self.entered = time.monotonic()
        self.postpone(seconds)

    def allow(self, seconds: float) -> None:
        """Wait so long from when it was entered."""
        self.deadline = self.entered + seconds

    def postpone(self, seconds: float) -> None:
        """Wait so long from now."""
        self.deadline = time.monotonic() + seconds

    def hurry(self, deadline: float) -> None:
        """Wait no longer than until then."""
        self.deadline = min(self.deadline, deadline)

    def measure(self) -> tuple[int, int]:
        """Note how much memory its bytes take, both ways, and how much disk; return by how much each is more."""
        held, spooled = self.incoming.held_bytes + len(self.sock.backlog), self.incoming.spooled_bytes
        more = held - self.held_bytes, spooled - self.spooled_bytes
        self.held_bytes, self.spooled_bytes = held, spooled
        return more
