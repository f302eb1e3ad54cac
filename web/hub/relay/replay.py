"""From a cursor to live: what a connection missed is sent from the tail, the stream or the table, without a hole.

A replaying connection is fed as its peer takes it. It goes live at the instant its cursor meets the tail's head, in
the thread that moves the head, so that nothing has to be set aside and nothing can come twice or be left out. A
live connection that can't keep up with a burst comes back here and is fed the same way.
"""

from collections.abc import Callable
from functools import partial
from itertools import islice

from complaints.events.event_feed import Head
from web.hub.loop.context import Room
from web.hub.relay.shared_reads import HeadReads, PageReads
from web.hub.socket.client_messages import Subscribe
from web.hub.socket.connection import Connection, State
from web.hub.socket.encoded_event import Delivery, chunks, visible_frames
from web.hub.socket.replay_state import Progress
from web.hub.stream.history import Page
from web.hub.stream.subscribers import sites_of

REFILL_BELOW = 256 * 1024
TURN_CHUNKS = 4


class Replayer:
    """Serves subscriptions. All of it runs in the loop's thread, save the two readers it is given."""

    def __init__(
        self,
        room: Room,
        *,
        read_head: Callable[[], Head],
        read_page: Callable[[str, int], Page],
        follow: Callable[[], object],
        limit: int,
    ) -> None:
        self._room = room
        self._follow = follow
        self._limit = limit
        self._pages = PageReads(room, read_page, self._turn_page)
        self._heads = HeadReads(room, read_head, self._checked)
        self._ahead: set[Connection] = set()

    def subscribe(self, connection: Connection, wish: Subscribe) -> None:
        """Serve the connection what it wishes for; a wish before this one is forgotten."""
        self.forget(connection)
        connection.narrowed_to = wish.complaint
        connection.state = State.REPLAYING
        if self._is_foreign(wish):
            connection.replay = Progress(announces=True, wish=wish)
            self._heads.ask(connection, connection.replay)
        else:
            self._begin(connection, wish)

    def fall_behind(self, connection: Connection, cursor: int) -> None:
        """A live connection has no room for what follows `cursor`: feed it as it takes it."""
        self._room.live.discard(connection)
        connection.state = State.REPLAYING
        connection.cursor = cursor
        connection.replay = Progress(announces=False)

    def forget(self, connection: Connection) -> None:
        """The connection serves this subscription no more."""
        connection.cursor = self._room.head_of(connection)
        connection.replay = None
        self._room.live.discard(connection)
        self._ahead.discard(connection)
        self._heads.forget(connection)
        self._pages.forget(connection)

    def resync(self, connection: Connection, reason: str) -> None:
        """Tell the client to fetch its list again, and go on live."""
        self.forget(connection)
        self._room.counters.resyncs += 1
        self._go_live(connection)
        connection.seen = self._room.tail.head
        epoch, head, sites = self._room.epoch, self._room.tail.head, sites_of(connection)
        own = None if sites is None else sorted(sites)
        connection.say({"type": "resync", "head": head, "epoch": epoch, "reason": reason, "sites": own})

    def rights_changed(self, connection: Connection) -> None:
        """Its operator may see other sites: resync, once this process knows all that the client was sent.

        Before that, what it was sent by a faster process would come again after the head that it is told.
        """
        progress: Progress | None = connection.replay
        if progress is not None and (progress.wish or connection.cursor > self._room.tail.head):
            progress.resync = "rights"
        elif connection.state in (State.LIVE, State.REPLAYING):
            self.resync(connection, "rights")

    def restarted(self, connection: Connection, reason: str) -> None:
        """The one total order has begun anew: who had a place in it fetches its list again."""
        progress: Progress | None = connection.replay
        wish = progress.wish if progress and not progress.resync else None
        if wish is not None and wish.epoch in (None, self._room.epoch):
            self.subscribe(connection, wish)
        elif connection.state in (State.LIVE, State.REPLAYING):
            self.resync(connection, reason)
        else:
            connection.cursor = self._room.tail.head

    def head_moved(self) -> None:
        """Go on with those whose cursor was ahead of this process."""
        for connection in [one for one in self._ahead if one.cursor <= self._room.tail.head]:
            self._ahead.discard(connection)
            self._room.loop.guard(connection, partial(self.advance, connection))

    def advance(self, connection: Connection) -> None:
        """Feed a replaying connection as far as it has room and something is at hand."""
        for _ in range(TURN_CHUNKS):
            if connection.state is not State.REPLAYING or connection.queued >= REFILL_BELOW:
                return
            progress: Progress = connection.replay
            if progress.wish is not None or (progress.fetching and not progress.resync):
                return
            if progress.resync or connection.cursor >= self._room.tail.head:
                self._arrive(connection, progress)
                return
            chunk = self._at_hand(connection, progress)
            if not chunk:
                self._fetch(connection, progress)
                return
            self._feed(connection, chunk)
        self._room.loop.call(partial(self._room.loop.guard, connection, partial(self.advance, connection)))

    def _begin(self, connection: Connection, wish: Subscribe) -> None:
        head = self._room.tail.head
        connection.cursor = head if wish.after is None else wish.after
        if head - connection.cursor > self._limit:
            self.resync(connection, "behind")
            return
        connection.replay = Progress(announces=True, resync=connection.replay and connection.replay.resync)
        self._room.counters.resumes += wish.after is not None
        self.advance(connection)

    def _arrive(self, connection: Connection, progress: Progress) -> None:
        if connection.cursor > self._room.tail.head:
            self._ahead.add(connection)
            return
        if progress.resync:
            self.resync(connection, progress.resync)
            return
        self._go_live(connection)
        if progress.announces:
            connection.seen = connection.cursor
            connection.say({"type": "live", "head": self._room.tail.head})

    def _go_live(self, connection: Connection) -> None:
        connection.replay = None
        connection.state = State.LIVE
        self._room.live.add(connection)

    def _at_hand(self, connection: Connection, progress: Progress) -> list[Delivery]:
        if progress.place < len(progress.page):
            chunk = next(chunks(islice(progress.page, progress.place, None)))
            progress.place += len(chunk)
            return chunk
        progress.page, progress.place = [], 0
        tail = self._room.tail
        return next(chunks(tail.above(connection.cursor))) if tail.covers(connection.cursor) else []

    def _feed(self, connection: Connection, chunk: list[Delivery]) -> None:
        frames = visible_frames(chunk, sites_of(connection), connection.narrowed_to)
        connection.cursor = chunk[-1].seq
        self._room.counters.sent += len(frames)
        if frames:
            connection.say_frame(b"".join(frames))

    def _fetch(self, connection: Connection, progress: Progress) -> None:
        progress.fetching = True
        self._pages.ask(connection, progress)

    def _turn_page(self, connection: Connection, progress: Progress, page: Page) -> None:
        progress.fetching = False
        if page.foreign:
            progress.wish = Subscribe(connection.cursor, self._room.epoch, connection.narrowed_to)
            self._follow()
        elif page.broken:
            self.resync(connection, "retention")
        else:
            progress.page = page.deliveries
            self.advance(connection)

    def _is_foreign(self, wish: Subscribe) -> bool:
        if wish.epoch is not None and wish.epoch != self._room.epoch:
            return True
        return wish.after is not None and wish.after > self._room.tail.head

    def _checked(self, connection: Connection, progress: Progress, head: Head) -> None:
        wish = progress.wish
        if wish is None:
            return
        if head.epoch != self._room.epoch:
            self._follow()  # `restarted` settles it: nobody is to begin anew in an order that is over
        elif wish.epoch is not None and wish.epoch != head.epoch:
            self.resync(connection, "epoch")
        elif wish.after is not None and wish.after > head.top:
            self.resync(connection, "ahead")
        else:
            self._begin(connection, wish)
