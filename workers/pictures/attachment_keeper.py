"""What attachments are owed: their small pictures are drawn, and what nobody needs leaves the store.

Of all the threads of a worker process one does it, one picture at a time: a store that hangs has one thread, and a
picture as much memory as it wants. A task that comes meanwhile only says that there may be more.
"""

import threading
import time
from uuid import UUID

import structlog
from redis import Redis

from complaints.alerts.messages.picture_replies import owe_picture_replies
from complaints.attachments.drawings import (
    DrawingOutcome,
    DrawLater,
    Drawn,
    Undrawable,
    claim_drawing,
    is_given_up,
    settle_drawing,
)
from complaints.attachments.object_store import AttachmentStore, Part
from complaints.attachments.strays import sweep_strays_once
from complaints.db import Database
from complaints.errors import StoreUnavailable
from complaints.events.wakeups import TEND_ATTACHMENTS, Poker, answer_poke
from complaints.models import Attachment
from workers.pictures.drawing_process import draw_apart

DRIVE_SECONDS = 20.0
REST_SECONDS = 10.0
"""How long a store is left alone that is away."""

log = structlog.get_logger()


class AttachmentKeeper:
    """Does what is due. Safe to call from any thread."""

    def __init__(self, store: AttachmentStore, database: Database, redis: Redis, poker: Poker) -> None:
        self.redis = redis
        self._store = store
        self._database = database
        self._poker = poker
        self._working = threading.Lock()
        self._poked = False
        self._stopping = False
        self._rest_until = 0.0

    def run(self) -> int:
        """Work until nothing is due; return how much was done. Where another thread works, it goes on."""
        done = 0
        self._poked = True
        while self._poked and self._working.acquire(blocking=False):
            try:
                done += self._drive()
            finally:
                self._working.release()
        return done

    def stop_claiming(self) -> None:
        """Begin nothing more; what is being drawn is finished."""
        self._stopping = True

    def draw_once(self) -> DrawingOutcome | None:
        """Draw the picture that is due first and return what came of it; None where none is due."""
        database, now = self._database, self._database.now()
        with database.write() as session:
            claimed = claim_drawing(session, now=now)
        if claimed is None or claimed.lease_token is None:
            return None
        outcome = Undrawable() if is_given_up(claimed) else self._draw(claimed)
        with database.write() as session:
            now = database.now()
            settled = settle_drawing(session, claimed.id, claimed.lease_token, outcome, now=now)
            owed = settled and owe_picture_replies(session, claimed.complaint_id, now=now)
        if owed:
            self._poker.poke_alerts()
        if not settled:
            self._forget_unless_there(claimed.id)
        return outcome

    def _forget_unless_there(self, identifier: UUID) -> None:
        """The picture was deleted while it was drawn: what was put into the store since is nobody's."""
        with self._database.read() as session:
            if session.get(Attachment, identifier) is not None:
                return  # another one draws it anew
        self._store.delete(identifier)

    def _draw(self, picture: Attachment) -> DrawingOutcome:
        try:
            drawn = draw_apart(self._store.read_whole(picture.id, Part.ORIGINAL))
            if drawn is None:
                log.warning(
                    "picture_undrawable", attachment=str(picture.id), content_type=picture.content_type
                )
                return Undrawable()
            for part, content in ((Part.THUMBNAIL, drawn.thumbnail), (Part.PREVIEW, drawn.preview)):
                self._store.put(picture.id, part, [content], len(content))
        except StoreUnavailable:
            return DrawLater()
        return Drawn()

    def _drive(self) -> int:
        done, deadline = 0, time.monotonic() + DRIVE_SECONDS
        while True:
            self._poked = False
            if self._stopping or time.monotonic() < self._rest_until:
                return done
            if time.monotonic() > deadline:
                self._poker.poke_attachments()
                return done
            try:
                outcome, swept = self.draw_once(), sweep_strays_once(self._database, self._store)
            except StoreUnavailable:
                outcome, swept = DrawLater(), 0
            if isinstance(outcome, DrawLater):
                self._rest_until = time.monotonic() + REST_SECONDS
            if outcome is None and not swept:
                return done
            done += swept + (outcome is not None)


def make_attachment_keeper(
    store: AttachmentStore | None, database: Database, redis: Redis, poker: Poker
) -> AttachmentKeeper | None:
    """Return this process's keeper; None where no files are kept."""
    return None if store is None else AttachmentKeeper(store, database, redis, poker)


def tend_attachments(keeper: AttachmentKeeper | None) -> int:
    """Answer the poke and do what is due; return how much that was."""
    if keeper is None:
        return 0
    answer_poke(keeper.redis, TEND_ATTACHMENTS)
    return keeper.run()
