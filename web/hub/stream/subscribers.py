"""Who is live, grouped by what they may see: one look at an event decides for all of a group."""

from collections import defaultdict
from collections.abc import Iterator

from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import Sites

NOWHERE: frozenset[str] = frozenset()
Visibility = tuple[Sites, str | None]
"""The sites whose events somebody may see, and the one complaint that they asked for, if any."""


def sites_of(connection: Connection) -> Sites:
    """Return the sites whose events are for this connection: none before it is known."""
    return NOWHERE if connection.identity is None else connection.identity.sites


class Subscribers:
    """A set of connections. What one of them may see changes only while it is not in here."""

    def __init__(self) -> None:
        self._members: set[Connection] = set()
        self._groups: dict[Visibility, list[Connection]] | None = None

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._members))

    def add(self, connection: Connection) -> None:
        """Let it get what comes from now on."""
        self._members.add(connection)
        self._groups = None

    def discard(self, connection: Connection) -> None:
        """Let it get nothing more; no fault where it got nothing."""
        if connection in self._members:
            self._members.discard(connection)
            self._groups = None

    def by_visibility(self) -> dict[Visibility, list[Connection]]:
        """Return the groups, not to be changed. Who leaves meanwhile is still in them."""
        if self._groups is None:
            groups: dict[Visibility, list[Connection]] = defaultdict(list)
            for connection in self._members:
                groups[sites_of(connection), connection.narrowed_to].append(connection)
            self._groups = dict(groups)
        return self._groups
