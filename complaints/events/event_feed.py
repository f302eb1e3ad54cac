"""The numbered events, read from the table: what the stream is a cache of."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.events.envelope import encode, envelope
from complaints.models import Event, StreamMeta

META_ID = 1


@dataclass(frozen=True, slots=True)
class Head:
    """Where the one total order stands: its epoch and its last committed seq."""

    epoch: str
    top: int


@dataclass(frozen=True, slots=True)
class SequencedEvent:
    """A numbered event, ready to send: `envelope` is DESIGN §7's JSON object in UTF-8.

    `site_before` and `site_after` decide who may see it; they differ only where the event moved the complaint.
    """

    seq: int
    complaint_id: str
    site_before: str | None
    site_after: str | None
    envelope: bytes


def read_head(session: Session) -> Head:
    """Return the epoch and the top as committed."""
    row = session.execute(select(StreamMeta.epoch, StreamMeta.top).where(StreamMeta.id == META_ID)).one()
    return Head(row.epoch, row.top)


def read_after(session: Session, seq: int, limit: int) -> list[SequencedEvent]:
    """Return at most `limit` numbered events above `seq`, ascending."""
    query = select(Event).where(Event.seq > seq).order_by(Event.seq).limit(limit)
    return [sequenced(event) for event in session.scalars(query)]


def sequenced(event: Event) -> SequencedEvent:
    """Return the numbered event as it is sent."""
    if event.seq is None:
        raise ValueError(f"event {event.n} is not numbered")
    site_after = event.data["site"]
    site_before = event.changes.get("site", [site_after])[0]
    return SequencedEvent(
        event.seq, str(event.complaint_id), site_before, site_after, encode(envelope(event))
    )
