"""What the hub's parts expect of each other and of the core, so that each can be tested alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from redis import RedisError

from complaints.errors import Unauthenticated
from complaints.events.event_feed import SequencedEvent

if TYPE_CHECKING:
    from web.hub.socket.connection import Connection


class SocketIdentity(Protocol):
    """Who is behind a connection: `complaints.accounts.sessions.Identity`, as far as the hub reads it."""

    @property
    def operator_id(self) -> UUID: ...
    @property
    def session_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def sites(self) -> frozenset[str] | None: ...
    @property
    def expires_at(self) -> datetime: ...


TokenClaims = tuple[UUID, datetime]
"""The session that a verified token names, and the token's end."""

Credential = str | TokenClaims | Unauthenticated
"""What a socket showed: a token, or what the upgrade has found in it already."""

Identify = Callable[[Sequence[Credential]], Sequence[SocketIdentity | Unauthenticated]]
"""Turn what sockets showed into who they stand for, or why they are refused, in their order. May block and fail."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place among this process's sockets; `counted` if it is one of its address's unauthenticated ones."""

    address: str
    counted: bool


class ConnectionOwner(Protocol):
    """Whom a connection tells what became of it."""

    def interest_changed(self, connection: "Connection") -> None:
        """What it waits for (`reads`, `writes`) is another thing now."""

    def closing(self, connection: "Connection", code: int) -> None:
        """It will serve nobody any more; called once, before `ended`."""

    def ended(self, connection: "Connection") -> None:
        """Its descriptor is about to be closed; called once."""


STREAM_FAULTS = (RedisError, LookupError, ValueError)
"""What reading the stream may raise: Redis is away, or an entry is not one of ours."""


class EventSource(Protocol):
    """`complaints.events.event_stream.EventStream`, as far as the hub reads it. Raises `STREAM_FAULTS`."""

    def read(self, epoch: str, after: int, *, count: int, block_ms: int) -> list[SequencedEvent]:
        """Wait for entries above `after`."""

    def read_range(self, epoch: str, after: int, count: int) -> list[SequencedEvent]:
        """Return entries above `after`, without waiting."""
