"""What who views a complaint is told of it besides its events: who else does, and its alerts' states.

Runs in the loop's thread.
"""

from collections.abc import Callable, Iterable

from complaints.alerts.state.alert_state import Change
from web.hub.loop.context import HubContext
from web.hub.presence.paced_broadcast import PacedBroadcast, is_free
from web.hub.presence.presence_state import Operators, viewers_frame
from web.hub.presence.viewers import Viewers
from web.hub.socket.connection import Connection
from web.hub.socket.frames import message_frame


class ViewerUpdates:
    """Tells each viewer what they were not told yet. A signal that finds a connection busy is lost."""

    def __init__(self, context: HubContext, viewers: Viewers, operators: Callable[[str], Operators]) -> None:
        self._viewers = viewers
        self._operators = operators
        self._frames: dict[str, bytes] = {}
        self._busy: set[Connection] = set()
        self._broadcast = PacedBroadcast(context, self._tell)

    def left(self, connection: Connection) -> None:
        """It serves nobody any more."""
        self._busy.discard(connection)

    def tell_viewers(self, complaints: Iterable[str]) -> None:
        """Let the viewers of these complaints know who views them, and those who were busy before."""
        busy, self._busy = self._busy, set()
        self._broadcast.add(busy)
        for complaint in complaints:
            self._frames.pop(complaint, None)
            self._broadcast.add(self._viewers.by_complaint.get(complaint, ()))

    def tell_changes(self, changes: Iterable[Change]) -> None:
        """Let the viewers of the complaints know what state their alerts are in."""
        for complaint, alert, state in changes:
            viewers = self._viewers.by_complaint.get(complaint)
            if viewers:
                frame = _signal_frame(complaint, alert, state)
                for connection in viewers:
                    if connection.view is not None:
                        connection.view.signals[alert] = frame
                self._broadcast.add(viewers)

    def _tell(self, connection: Connection) -> None:
        view = connection.view
        if view is None or not self._viewers.recheck(connection):
            return
        signals, view.signals = view.signals, {}
        if not is_free(connection):
            self._busy.add(connection)
            return
        frame = self._frame(view.complaint)
        news = [*signals.values(), *([frame] if frame != view.told else [])]
        if news and connection.offer(b"".join(news)):
            view.told = frame

    def _frame(self, complaint: str) -> bytes:
        frame = self._frames.get(complaint)
        if frame is None:
            frame = self._frames[complaint] = viewers_frame(complaint, self._operators(complaint))
        return frame


def _signal_frame(complaint: str, alert: str, state: str) -> bytes:
    about = {"id": alert, "state": state}
    return message_frame({"type": "signal", "name": "alert", "complaint": complaint, "alert": about})
