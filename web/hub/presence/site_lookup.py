"""Where complaints are that operators want to view: asked of the database for many connections in one query.

One query at a time and a few a second, however many wishes come: of one connection the newest counts. Runs in the
loop's thread, save for the query.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from time import monotonic

from web.hub.loop.context import HubContext
from web.hub.socket.connection import Connection

ASKED_AT_ONCE = 500
ASK_EVERY_SECONDS = 0.2
RETRY_SECONDS = 5.0

FoundSites = Mapping[str, str | None]
LoadSites = Callable[[Iterable[str]], FoundSites]
"""Return the site of each of these complaints; those that there are not are left out. Reads the database."""


class SiteLookup:
    """Answers each connection's last wish, unless it is forgotten before."""

    def __init__(
        self, context: HubContext, load: LoadSites, answer: Callable[[Connection, str, FoundSites], object]
    ) -> None:
        self._context = context
        self._load = load
        self._answer = answer
        self._wishes: dict[Connection, str] = {}
        self._asked: dict[Connection, str] = {}
        self._moved: set[str] = set()
        self._busy = False
        self._ask_at = 0.0

    def wish(self, connection: Connection, complaint: str) -> None:
        """Answer this in place of what the connection wished for before."""
        if self._asked.get(connection) == complaint:
            self._wishes.pop(connection, None)
            return
        self._asked.pop(connection, None)
        self._wishes[connection] = complaint
        self._begin()

    def forget(self, connection: Connection) -> None:
        """Answer nothing."""
        self._wishes.pop(connection, None)
        self._asked.pop(connection, None)

    def moved(self, complaint: str) -> None:
        """The complaint has another site now: what is being read of it may be older."""
        if self._busy:
            self._moved.add(complaint)

    def _begin(self) -> None:
        if self._wishes and not self._busy:
            self._busy = True
            self._context.loop.later(max(0.0, self._ask_at - monotonic()), self._ask)

    def _ask(self) -> None:
        self._asked = dict(islice(self._wishes.items(), ASKED_AT_ONCE))
        for connection in self._asked:
            del self._wishes[connection]
        self._moved.clear()
        self._context.run_in_helper(partial(self._load, set(self._asked.values())), self._found, self._failed)

    def _found(self, sites: FoundSites) -> None:
        asked = self._end(ASK_EVERY_SECONDS)
        for connection, complaint in asked.items():
            if complaint in self._moved:
                self._wishes[connection] = complaint
            else:
                self._context.loop.guard(connection, partial(self._answer, connection, complaint, sites))
        self._begin()

    def _failed(self) -> None:
        asked = self._end(RETRY_SECONDS)
        self._wishes = {**asked, **self._wishes}
        self._begin()

    def _end(self, pause: float) -> dict[Connection, str]:
        asked, self._asked, self._busy = self._asked, {}, False
        self._ask_at = monotonic() + pause
        return asked
