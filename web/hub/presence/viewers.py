"""Who has which complaint open in this process, as far as they may see it. Runs in the loop's thread."""

from collections.abc import Callable, Iterable

from complaints.queries.finding import may_see
from web.hub.loop.context import HubContext
from web.hub.presence.site_lookup import FoundSites, LoadSites, SiteLookup
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.socket.viewed_complaint import ViewedComplaint
from web.hub.stream.subscribers import sites_of

NO_SUCH = "viewing: no such complaint"


class Viewers:
    """Keeps each connection's `view`; `changed` is told of a complaint whose viewers are others now."""

    def __init__(self, context: HubContext, load_sites: LoadSites, changed: Callable[[str], object]) -> None:
        self.by_complaint: dict[str, set[Connection]] = {}
        self._changed = changed
        self._lookup = SiteLookup(context, load_sites, self._found)

    def wish(self, connection: Connection, complaint: str | None) -> None:
        """The operator has the complaint open now, or none."""
        view = connection.view
        if view is not None and view.complaint == complaint:
            view.told = None
            self._changed(view.complaint)
            return
        self._close(connection)
        if complaint is None:
            self._lookup.forget(connection)
        else:
            self._lookup.wish(connection, complaint)

    def leave(self, connection: Connection) -> None:
        """It has nothing open."""
        self._lookup.forget(connection)
        self._close(connection)

    def _close(self, connection: Connection) -> None:
        view, connection.view = connection.view, None
        if view is not None:
            others = self.by_complaint[view.complaint]
            others.discard(connection)
            if not others:
                del self.by_complaint[view.complaint]
            self._changed(view.complaint)

    def recheck(self, connection: Connection) -> bool:
        """Say whether the connection has a view; one that it must not have any more ends."""
        if connection.view is None:
            return False
        if may_see(sites_of(connection), connection.view.site):
            return True
        self.leave(connection)
        return False

    def moved(self, encoded_events: Iterable[EncodedEvent]) -> None:
        """Follow complaints to other sites."""
        for encoded in encoded_events:
            if encoded.site_before != encoded.site_after:
                self._lookup.moved(encoded.complaint_id)
                for connection in tuple(self.by_complaint.get(encoded.complaint_id, ())):
                    self._move(connection, encoded.site_after)

    def look_again(self) -> None:
        """Events may have passed unseen: ask where everything is."""
        for complaint, connections in self.by_complaint.items():
            for connection in connections:
                self._lookup.wish(connection, complaint)

    def _move(self, connection: Connection, site: str | None) -> None:
        if connection.view is not None:
            connection.view.site = site
            self.recheck(connection)

    def _found(self, connection: Connection, complaint: str, sites: FoundSites) -> None:
        if complaint not in sites or not may_see(sites_of(connection), sites[complaint]):
            self.leave(connection)
            connection.send_message({"type": "error", "detail": NO_SUCH})
        elif connection.view is not None:
            connection.view.site = sites[complaint]
        else:
            connection.view = ViewedComplaint(complaint, sites[complaint])
            self.by_complaint.setdefault(complaint, set()).add(connection)
            self._changed(complaint)
