"""Whether those who are connected still may be: all in one query now and then, some at once on a signal."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from uuid import UUID

from web.hub.codes import Close
from web.hub.connection import Connection
from web.hub.contracts import Known
from web.hub.room import Room

OPERATOR_PREFIX = "operator:"
AGAIN_SECONDS = 1.0

LoadIdentities = Callable[[Iterable[UUID]], Mapping[UUID, Known]]
"""Return the sessions among these that still live, with the rights they have now. Reads the database."""


class Recheck:
    """Ends revoked connections and gives the others their present rights. Runs in the loop's thread."""

    def __init__(
        self, room: Room, load: LoadIdentities, rights_changed: Callable[[Connection], object]
    ) -> None:
        self._room = room
        self._load = load
        self._rights_changed = rights_changed

    def all(self) -> None:
        """Look at every session that is connected."""
        self._look_at({known.session_id for _, known in self._known()})

    def signalled(self, text: str) -> None:
        """Look at the session, or at all sessions of `operator:ID`, that a signal named.

        And once more a little later: who was being let in just now is not known yet, nor is the change to them.
        """
        self._look_at_named(text)
        self._room.loop.later(AGAIN_SECONDS, partial(self._look_at_named, text))

    def settle(self, connection: Connection, before: Known, present: Known | None) -> None:
        """Go by the rights that its operator has now. A connection of another role begins anew."""
        if present is None or present.role != before.role:
            connection.close(Close.REVOKED)
            return
        connection.identity = present
        if present.sites != before.sites:
            self._rights_changed(connection)

    def _look_at_named(self, text: str) -> None:
        operator = text.removeprefix(OPERATOR_PREFIX)
        self._look_at(
            {
                known.session_id
                for _, known in self._known()
                if text == str(known.session_id) or (operator != text and operator == str(known.operator_id))
            }
        )

    def _known(self) -> Iterable[tuple[Connection, Known]]:
        for connection in list(self._room.loop.connections.values()):
            if connection.is_open and connection.identity is not None:
                yield connection, connection.identity

    def _look_at(self, sessions: set[UUID]) -> None:
        if sessions:
            self._room.work(partial(self._load, sessions), partial(self._apply, sessions), _leave_as_it_is)

    def _apply(self, sessions: set[UUID], living: Mapping[UUID, Known]) -> None:
        for connection, known in self._known():
            if known.session_id in sessions:
                present = living.get(known.session_id)
                self._room.loop.guard(connection, partial(self.settle, connection, known, present))


def _leave_as_it_is() -> None:
    """A database that is away revokes nobody; `Room` has logged it, and the next round asks again."""
