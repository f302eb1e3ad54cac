"""Who a socket says it is, and who it turns out to be, as the hub sees both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Protocol
from uuid import UUID

from complaints.clock import utcnow
from complaints.errors import Unauthenticated


class SocketIdentity(Protocol):
    """Who is behind a connection: `complaints.accounts.sessions.Identity`, as far as the hub reads it."""

    @property
    def holder_id(self) -> UUID: ...
    @property
    def session_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def sites(self) -> frozenset[str] | None: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def is_program(self) -> bool: ...


def end_of(identity: SocketIdentity) -> float:
    """Return when its time is over, by the monotonic clock; 0.0 where it never is."""
    if identity.expires_at is None:
        return 0.0
    return monotonic() + (identity.expires_at - utcnow()).total_seconds()


@dataclass(frozen=True, slots=True)
class ShownKey:
    """An API key, as it was shown."""

    text: str = field(repr=False)


TokenClaims = tuple[UUID, datetime]
"""The session that a verified token names, and the token's end."""

Credential = str | ShownKey | TokenClaims | Unauthenticated
"""What a socket showed: a token, an API key, or what the upgrade has found in the token already."""

Identify = Callable[[Sequence[Credential]], Sequence[SocketIdentity | Unauthenticated]]
"""Turn what sockets showed into who they stand for, or why they are refused, in their order. May block and fail.

The product's own is made by `web/upgrade/check_socket_tokens.py`, where tokens are checked.
"""
