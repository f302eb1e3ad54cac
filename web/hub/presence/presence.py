"""Presence and signals: who is online, who views what, and what becomes of alerts. Best effort, after events.

Runs in the loop's thread.
"""

from collections.abc import Iterable

from complaints.alerts.state.alert_state import Change
from web.hub.loop.context import HubContext
from web.hub.presence.exchange import Exchange
from web.hub.presence.online import OnlineOperators, is_program
from web.hub.presence.presence_state import Operators, PresenceState
from web.hub.presence.presence_store import PresenceStore
from web.hub.presence.site_lookup import LoadSites
from web.hub.presence.viewer_updates import ViewerUpdates
from web.hub.presence.viewers import Viewers
from web.hub.socket.connection import Connection
from web.hub.socket.encoded_event import EncodedEvent

LOOK_EVERY_SECONDS = 10.0


class Presence:
    """Puts its parts together."""

    def __init__(self, name: str, context: HubContext, store: PresenceStore, load_sites: LoadSites) -> None:
        self._online = OnlineOperators(context)
        self._viewers = Viewers(context, load_sites, self._viewers_changed)
        self._viewer_updates = ViewerUpdates(context, self._viewers, self._operators)
        self._exchange = Exchange(name, context, store, self._learned)
        self._changed: set[str] = set()
        self._online_changed = False
        self._look_at = 0.0

    def subscribed(self, connection: Connection) -> None:
        """It will be told who is online, if it is a person's."""
        if not is_program(connection):
            self._online.subscribed(connection)

    def view(self, connection: Connection, complaint: str | None) -> None:
        """Its operator has this complaint open now, or none; what may not be seen is answered with an error."""
        if is_program(connection):
            connection.send_message({"type": "error", "detail": "viewing: programs view nothing"})
        else:
            self._viewers.wish(connection, complaint)

    def rights_changed(self, connection: Connection) -> None:
        """Its operator may see other sites now."""
        self._viewers.recheck(connection)

    def left(self, connection: Connection) -> None:
        """It serves nobody any more."""
        self._online.left(connection)
        self._viewer_updates.left(connection)
        self._viewers.leave(connection)

    def moved(self, encoded_events: Iterable[EncodedEvent]) -> None:
        """Events have been sent that may have moved complaints to other sites."""
        self._viewers.moved(encoded_events)

    def look_again(self) -> None:
        """Events may have passed unseen."""
        self._viewers.look_again()

    def changed_elsewhere(self, name: str | None) -> None:
        """The process of this name, or any, has told anew who is there."""
        self._exchange.changed_elsewhere(name)

    def alerts_changed(self, changes: Iterable[Change]) -> None:
        """Alerts are in other states now."""
        self._viewer_updates.tell_changes(changes)

    def tick(self, now: float) -> None:
        """Once a second: see who is here, tell the other processes, and tell who wants to know."""
        again = now >= self._look_at
        if again:
            self._look_at = now + LOOK_EVERY_SECONDS
            self._changed.update(self._viewers.by_complaint)
        if self._online.look(again=again):
            self._online_changed = True
            self._exchange.changed()
        self._exchange.tick(now, self._own)
        changed, self._changed = self._changed, set()
        self._viewer_updates.tell_viewers(changed)
        self._online.tell(now, self._exchange.others.online, changed=self._online_changed)
        self._online_changed = False

    def _own(self) -> PresenceState:
        return PresenceState(
            self._online.here, {one: self._operators_here(one) for one in self._viewers.by_complaint}
        )

    def _operators(self, complaint: str) -> Operators:
        return {**self._exchange.others.viewing.get(complaint, {}), **self._operators_here(complaint)}

    def _operators_here(self, complaint: str) -> Operators:
        return {
            str(one.identity.holder_id): one.identity.name
            for one in self._viewers.by_complaint.get(complaint, ())
            if one.identity is not None
        }

    def _viewers_changed(self, complaint: str) -> None:
        self._changed.add(complaint)
        self._exchange.changed()

    def _learned(self, before: PresenceState) -> None:
        now = self._exchange.others
        self._online_changed |= before.online != now.online
        for complaint in self._viewers.by_complaint:
            if before.viewing.get(complaint) != now.viewing.get(complaint):
                self._changed.add(complaint)
