"""An event on its way to many connections: encoded once, and once more for those it left the sight of."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from complaints.events.envelope import as_removed
from complaints.events.event_feed import SequencedEvent
from web.hub.socket.frames import message_frame, payload_of, text_frame

PREFIX = b'{"type":"event",'

CHUNK_BYTES = 64 * 1024

Sites = frozenset[str] | None
"""The sites somebody may see; None for all."""


class EncodedEvent:
    """One event's frames. Immutable, save for what is worked out once and kept."""

    __slots__ = ("_removed", "complaint_id", "frame", "occurred", "seq", "site_after", "site_before")

    def __init__(self, event: SequencedEvent) -> None:
        self.seq = event.seq
        self.complaint_id = event.complaint_id
        self.site_before = event.site_before
        self.site_after = event.site_after
        self.frame = text_frame(PREFIX + event.envelope[1:])
        self.occurred = _occurred(json.loads(event.envelope))
        self._removed: bytes | None = None

    def frame_for(self, sites: Sites, complaint: str | None = None) -> bytes | None:
        """Return the frame for somebody who may see `sites`, or None if the event is not for them.

        An event that moved the complaint out of their sites reaches them as `removed`, without what it says.
        """
        if complaint is not None and complaint != self.complaint_id:
            return None
        if sites is None or self.site_after in sites:
            return self.frame
        if self.site_before in sites:
            return self._removed_frame()
        return None

    def _removed_frame(self) -> bytes:
        if self._removed is None:
            self._removed = message_frame(as_removed(json.loads(payload_of(self.frame))))
        return self._removed


def visible_frames(
    encoded_events: Iterable[EncodedEvent], sites: Sites, complaint: str | None = None
) -> list[bytes]:
    """Return the frames of those that somebody may see, in order."""
    frames = (encoded.frame_for(sites, complaint) for encoded in encoded_events)
    return [frame for frame in frames if frame is not None]


def chunks(encoded_events: Iterable[EncodedEvent]) -> Iterator[list[EncodedEvent]]:
    """Yield them in runs that fit one write: each ends with the event that fills it."""
    chunk: list[EncodedEvent] = []
    size = 0
    for encoded in encoded_events:
        chunk.append(encoded)
        size += len(encoded.frame)
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _occurred(envelope: dict[str, Any]) -> float:
    return datetime.fromisoformat(envelope["occurred_at"]).timestamp()
