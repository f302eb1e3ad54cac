"""Where a replay stands."""

from web.hub.core.resync_reasons import ResyncReason
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.encoded_event import EncodedEvent


class ReplayState:
    """The page that a replay reads from, and what it waits for. Another subscription has another progress.

    `wish` is set while it is not known whether the wish can be served; `resync` once what was sent must be fetched
    again for this reason, as soon as this process knows all of it.
    """

    __slots__ = ("announces", "fetching", "page", "place", "resync", "wish")

    def __init__(
        self, *, announces: bool, wish: Subscribe | None = None, resync: ResyncReason | None = None
    ) -> None:
        self.announces = announces
        self.wish = wish
        self.resync = resync
        self.fetching = False
        self.page: list[EncodedEvent] = []
        self.place = 0
