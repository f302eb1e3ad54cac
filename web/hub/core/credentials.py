"""Who a socket says it is, and who it turns out to be, as the hub sees both."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from complaints.errors import Unauthenticated


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
"""Turn what sockets showed into who they stand for, or why they are refused, in their order. May block and fail.

The product's own is made by `web/upgrade/check_socket_tokens.py`, where tokens are checked.
"""
