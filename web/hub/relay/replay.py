"""From a cursor to live: what a connection missed is sent from the tail, the stream or the table, without a hole.

A replaying connection is fed as its peer takes it. It goes live at the instant its cursor meets the tail's head, in
the thread that moves the head, so that nothing has to be set aside and nothing can come twice or be left out. A
live connection that can't keep up with a burst comes back here and is fed the same way.
"""

from collections.abc import Callable
from functools import partial
from itertools import islice

from complaints.events.event_feed import Head
from web.hub.core.resync_reasons import ResyncReason
from web.hub.loop.context import HubContext
from web.hub.relay.shared_reads import HeadReads, PageReads
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.connection import Connection, ConnectionState
from web.hub.socket.encoded_event import EncodedEvent, chunks, visible_frames
from web.hub.socket.replay_state import ReplayState
from web.hub.stream.history import ReplayPage
from web.hub.stream.subscribers import sites_of

REFILL_BELOW = 256 * 1024
TURN_CHUNKS = 4


class Replayer:
    """Serves subscriptions. All of it runs in the loop's thread, save the two readers it is given."""

    def __init__(
        self,
        context: HubContext,
        *,
        read_head: Callable[[], Head],
        read_page: Callable[[str, int], ReplayPage],
        follow: Callable[[], object],
        limit: int,
    ) -> None:
        self._context = context
        self._follow = follow
        self._limit = limit
        self._pages = PageReads(context, read_page, self._turn_page)
        self._heads = HeadReads(context, read_head, self._checked)
        self._ahead: set[Connection] = set()

    def subscribe(self, connection: Connection, wish: Subscribe) -> None:
        """Serve the connection what it wishes for; a wish before this one is forgotten."""
        self.forget(connection)
        connection.narrowed_to = wish.complaint
        connection.state = ConnectionState.REPLAYING
        if self._is_foreign(wish):
            connection.replay = ReplayState(announces=True, wish=wish)
            self._heads.ask(connection, connection.replay)
        else:
            self._begin(connection, wish)

    def fall_behind(self, connection: Connection, cursor: int) -> None:
        """A live connection has no room for what follows `cursor`: feed it as it takes it."""
        self._context.subscribers.discard(connection)
        connection.state = ConnectionState.REPLAYING
        connection.cursor = cursor
        connection.replay = ReplayState(announces=False)

    def forget(self, connection: Connection) -> None:
        """The connection serves this subscription no more."""
        connection.cursor = self._context.head_of(connection)
        connection.replay = None
        self._context.subscribers.discard(connection)
        self._ahead.discard(connection)
        self._heads.forget(connection)
        self._pages.forget(connection)

    def resync(self, connection: Connection, reason: ResyncReason) -> None:
        """Tell the client to fetch its list again, and go on live."""
        self.forget(connection)
        self._context.counters.resyncs += 1
        self._go_live(connection)
        connection.seen = self._context.tail.head
        epoch, head, sites = self._context.epoch, self._context.tail.head, sites_of(connection)
        own = None if sites is None else sorted(sites)
        connection.send_message(
            {"type": "resync", "head": head, "epoch": epoch, "reason": reason, "sites": own}
        )

    def rights_changed(self, connection: Connection) -> None:
        """Its operator may see other sites: resync, once this process knows all that the client was sent.

        Before that, what it was sent by a faster process would come again after the head that it is told.
        """
        replay = connection.replay
        if replay is not None and (replay.wish or connection.cursor > self._context.tail.head):
            replay.resync = ResyncReason.RIGHTS
        elif connection.state in (ConnectionState.LIVE, ConnectionState.REPLAYING):
            self.resync(connection, ResyncReason.RIGHTS)

    def restarted(self, connection: Connection, reason: ResyncReason) -> None:
        """The one total order has begun anew: who had a place in it fetches its list again."""
        replay = connection.replay
        wish = replay.wish if replay and not replay.resync else None
        if wish is not None and wish.epoch in (None, self._context.epoch):
            self.subscribe(connection, wish)
        elif connection.state in (ConnectionState.LIVE, ConnectionState.REPLAYING):
            self.resync(connection, reason)
        else:
            connection.cursor = self._context.tail.head

    def head_moved(self) -> None:
        """Go on with those whose cursor was ahead of this process."""
        for connection in [one for one in self._ahead if one.cursor <= self._context.tail.head]:
            self._ahead.discard(connection)
            self._context.loop.guard(connection, partial(self.advance, connection))

    def advance(self, connection: Connection) -> None:
        """Feed a replaying connection as far as it has room and something is at hand."""
        for _ in range(TURN_CHUNKS):
            replay = connection.replay
            if replay is None or connection.state is not ConnectionState.REPLAYING:
                return
            if connection.queued >= REFILL_BELOW or replay.wish is not None:
                return
            if replay.fetching and not replay.resync:
                return
            if replay.resync or connection.cursor >= self._context.tail.head:
                self._arrive(connection, replay)
                return
            chunk = self._at_hand(connection, replay)
            if not chunk:
                self._fetch(connection, replay)
                return
            self._feed(connection, chunk)
        self._context.loop.call(
            partial(self._context.loop.guard, connection, partial(self.advance, connection))
        )

    def _begin(self, connection: Connection, wish: Subscribe) -> None:
        head = self._context.tail.head
        connection.cursor = head if wish.after is None else wish.after
        if head - connection.cursor > self._limit:
            self.resync(connection, ResyncReason.BEHIND)
            return
        before = connection.replay
        connection.replay = ReplayState(announces=True, resync=before.resync if before else None)
        self._context.counters.resumes += wish.after is not None
        self.advance(connection)

    def _arrive(self, connection: Connection, replay: ReplayState) -> None:
        if connection.cursor > self._context.tail.head:
            self._ahead.add(connection)
            return
        if replay.resync:
            self.resync(connection, replay.resync)
            return
        self._go_live(connection)
        if replay.announces:
            connection.seen = connection.cursor
            connection.send_message({"type": "live", "head": self._context.tail.head})

    def _go_live(self, connection: Connection) -> None:
        connection.replay = None
        connection.state = ConnectionState.LIVE
        self._context.subscribers.add(connection)

    def _at_hand(self, connection: Connection, replay: ReplayState) -> list[EncodedEvent]:
        if replay.place < len(replay.page):
            chunk = next(chunks(islice(replay.page, replay.place, None)))
            replay.place += len(chunk)
            return chunk
        replay.page, replay.place = [], 0
        tail = self._context.tail
        return next(chunks(tail.above(connection.cursor))) if tail.covers(connection.cursor) else []

    def _feed(self, connection: Connection, chunk: list[EncodedEvent]) -> None:
        frames = visible_frames(chunk, sites_of(connection), connection.narrowed_to)
        connection.cursor = chunk[-1].seq
        self._context.counters.sent += len(frames)
        if frames:
            connection.send_frame(b"".join(frames))

    def _fetch(self, connection: Connection, replay: ReplayState) -> None:
        replay.fetching = True
        self._pages.ask(connection, replay)

    def _turn_page(self, connection: Connection, replay: ReplayState, page: ReplayPage) -> None:
        replay.fetching = False
        if page.foreign:
            replay.wish = Subscribe(connection.cursor, self._context.epoch, connection.narrowed_to)
            self._follow()
        elif page.broken:
            self.resync(connection, ResyncReason.RETENTION)
        else:
            replay.page = page.encoded_events
            self.advance(connection)

    def _is_foreign(self, wish: Subscribe) -> bool:
        if wish.epoch is not None and wish.epoch != self._context.epoch:
            return True
        return wish.after is not None and wish.after > self._context.tail.head

    def _checked(self, connection: Connection, replay: ReplayState, head: Head) -> None:
        wish = replay.wish
        if wish is None:
            return
        if head.epoch != self._context.epoch:
            self._follow()  # `restarted` settles it: nobody is to begin anew in an order that is over
        elif wish.epoch is not None and wish.epoch != head.epoch:
            self.resync(connection, ResyncReason.EPOCH)
        elif wish.after is not None and wish.after > head.top:
            self.resync(connection, ResyncReason.AHEAD)
        else:
            self._begin(connection, wish)
