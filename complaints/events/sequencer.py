"""Numbering: after their commit, events get their place in the one total order.

One transaction under the lock of the stream_meta row, and nothing else happens in it, so that nothing else can
stop it. Who writes an event never numbers it: row 10 can commit after row 11, and a reader that had already
seen 11 would never see 10.
"""

from dataclasses import asdict, dataclass

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from complaints.db import Database, wait_briefly_for_locks
from complaints.events.event_feed import META_ID
from complaints.ids import new_secret
from complaints.models import Event, StreamMeta
from complaints.waits.passing import is_lock_timeout

BATCH = 1000
EPOCH_BYTES = 12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event that has just got its seq, as far as the log tells."""

    seq: int
    n: int
    type: str
    complaint: str
    request_id: str | None


def number_once(db: Database, *, batch: int = BATCH) -> int:
    """Number at most `batch` committed events, in order of `n`; return how many.

    Waits up to a second for another sequencer that is at work: leaving at once would lose a wake-up that came
    between its last read and its commit. Returns 0 where the wait was in vain; the sweep comes back.
    """
    try:
        with db.write() as session:
            numbered = _number(session, lock_meta(session), batch)
    except OperationalError as error:
        if is_lock_timeout(error):
            log.warning("numbering_waits_for_lock", error=str(error.orig))
            return 0
        raise
    for event in numbered:
        log.info("event_numbered", **asdict(event))
    return len(numbered)


def lock_meta(session: Session) -> StreamMeta:
    """Return the stream_meta row, locked until the transaction ends."""
    wait_briefly_for_locks(session)
    return session.scalars(select(StreamMeta).where(StreamMeta.id == META_ID).with_for_update()).one()


def start_epoch(db: Database) -> str:
    """Set a new random epoch, so that no cursor of the old order is served from the new; return it."""
    with db.write() as session:
        meta = lock_meta(session)
        meta.epoch = new_secret(EPOCH_BYTES)
        return meta.epoch


def start_epoch_if_behind(db: Database, epoch: str, published: int) -> bool:
    """Set a new epoch if the table is behind what was published under `epoch`; say whether it did.

    Only committed events are published, so that under the lock this can only be a restored older table.
    """
    with db.write() as session:
        meta = lock_meta(session)
        if meta.epoch != epoch or meta.top >= published:
            return False
        meta.epoch = new_secret(EPOCH_BYTES)
        return True


def _number(session: Session, meta: StreamMeta, batch: int) -> list[Numbered]:
    query = select(Event.n, Event.type, Event.complaint_id, Event.request_id).where(Event.seq.is_(None))
    waiting = session.execute(query.order_by(Event.n).limit(batch)).all()
    if not waiting:
        return []
    numbered = [
        Numbered(meta.top + place, row.n, row.type, str(row.complaint_id), row.request_id)
        for place, row in enumerate(waiting, start=1)
    ]
    session.connection().execute(
        update(Event).where(Event.__table__.c.n == bindparam("row_n")).values(seq=bindparam("row_seq")),
        [{"row_n": event.n, "row_seq": event.seq} for event in numbered],
    )
    meta.top += len(numbered)
    return numbered
