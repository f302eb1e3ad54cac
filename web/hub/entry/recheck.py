"""Whether those who are connected still may be: all in one query now and then, some at once on a signal."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from uuid import UUID

from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import SocketIdentity, end_of
from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection

LoadIdentities = Callable[[Iterable[UUID]], Mapping[UUID, SocketIdentity]]
"""Return the sessions and keys among these that still live, with the rights they have now. Reads the database."""


class Recheck:
    """Ends revoked connections and gives the others their present rights. Runs in the loop's thread.

    Looks come back in any order: each has the number that `begin` gave it, and what is older than the newest that
    was applied to a session is not applied to it.
    """

    def __init__(
        self,
        context: HubContext,
        load: LoadIdentities,
        rights_changed: Callable[[Connection], object],
        end_changed: Callable[[Connection], object],
    ) -> None:
        """`end_changed` is told where `connection.expires` is another one."""
        self._context = context
        self._load = load
        self._rights_changed = rights_changed
        self._end_changed = end_changed
        self._begun = 0
        self._last_signal = 0
        self._applied: dict[UUID, int] = {}
        self._outdated: set[UUID] = set()

    def begin(self) -> int:
        """Return the number of a look that begins now."""
        self._begun += 1
        return self._begun

    def all(self) -> None:
        """Look at every session that is connected, and at those let in by a look that had begun before."""
        self._last_signal = self.begin()
        connected = {known.session_id for _, known in self._known()}
        self._applied = {session: number for session, number in self._applied.items() if session in connected}
        self._look_at(connected)

    def signalled(self, text: str) -> None:
        """Look at the session or key, or at all of `operator:ID` or `api_client:ID`, that a signal named.

        Who is being let in just now is not known yet: `let_in` sees to it.
        """
        self._last_signal = self.begin()
        kind, _, holder = text.rpartition(":")
        self._look_at(
            {
                known.session_id
                for _, known in self._known()
                if text == str(known.session_id) or (kind and holder == str(known.holder_id))
            }
        )

    def let_in(self, session_id: UUID, number: int) -> None:
        """A connection has the rights that look `number` found; look again if they may have changed since."""
        newest = self._applied.get(session_id, 0)
        self._applied[session_id] = max(newest, number)
        if number >= max(newest, self._last_signal):
            return
        if not self._outdated:
            self._context.loop.call(self._look_at_outdated)
        self._outdated.add(session_id)

    def settle(self, connection: Connection, before: SocketIdentity, present: SocketIdentity | None) -> None:
        """Go by the rights that its holder has now. A connection of another role begins anew.

        A key ends when the database says, for another may take its place; a token when it said itself.
        """
        if present is None or present.role != before.role:
            connection.close(CloseCode.REVOKED)
            return
        connection.identity = present
        if present.is_program and present.expires_at != before.expires_at:
            connection.expires = end_of(present)
            self._end_changed(connection)
        if present.sites != before.sites:
            self._rights_changed(connection)

    def _look_at_outdated(self) -> None:
        outdated, self._outdated = self._outdated, set()
        self._look_at(outdated)

    def _known(self) -> Iterable[tuple[Connection, SocketIdentity]]:
        for connection in list(self._context.loop.connections.values()):
            if connection.is_open and connection.identity is not None:
                yield connection, connection.identity

    def _look_at(self, sessions: set[UUID]) -> None:
        if sessions:
            apply = partial(self._apply, self.begin(), sessions)
            self._context.run_in_helper(partial(self._load, sessions), apply, _leave_as_it_is)

    def _apply(self, number: int, sessions: set[UUID], living: Mapping[UUID, SocketIdentity]) -> None:
        current = {session for session in sessions if self._applied.get(session, 0) < number}
        self._applied.update(dict.fromkeys(current, number))
        for connection, known in self._known():
            if known.session_id in current:
                present = living.get(known.session_id)
                self._context.loop.guard(connection, partial(self.settle, connection, known, present))


def _leave_as_it_is() -> None:
    """A database that is away revokes nobody; the context has logged it, and the next look asks again."""
