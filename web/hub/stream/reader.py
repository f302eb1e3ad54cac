"""The one reader of a process: from the stream as long as it goes on without a hole, else from the table.

It follows the order's head: where a seq at or below the committed top is in neither, retention has deleted it,
and the order is taken up again at the top. Redis that is away costs speed only: the table is polled, and a helper
probes Redis until it answers.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from time import monotonic
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from complaints.db import Database
from complaints.events.event_feed import Head, SequencedEvent, read_after, read_head
from web.hub.core.resync_reasons import ResyncReason
from web.hub.socket.encoded_event import EncodedEvent
from web.hub.stream.event_source import STREAM_FAULTS, EventSource
from web.hub.stream.history import unbroken
from web.hub.stream.reader_state import ReaderState

log = structlog.get_logger()

BATCH = 500
BLOCK_MS = 250
HEAD_EVERY_SECONDS = 3.0
HEAD_EVERY_IDLE_SECONDS = 1.0
POLL_SECONDS = 0.25
PROBE_SECONDS = 1.0
RETRY_SECONDS = 0.5
TAIL_EVENTS = 1000


class StreamListener(Protocol):
    """Who is told; called from the reader's thread."""

    def restarted(self, head: Head, newest: list[EncodedEvent], reason: ResyncReason) -> None:
        """Stand at `head`, for this `reason`."""

    def advanced(self, encoded_events: list[EncodedEvent]) -> None:
        """These follow, without a hole."""


class StreamReader:
    """Reads in its own thread, and says in `state` how it fares."""

    def __init__(
        self,
        database: Database,
        stream: EventSource,
        listener: StreamListener,
        state: ReaderState,
        *,
        probe: Callable[[], "Future[Any]"],
    ) -> None:
        self._database = database
        self._stream = stream
        self._listener = listener
        self._probe = probe
        self._probing: Future[Any] | None = None
        self._probe_at = 0.0
        self._head: Head | None = None
        self._state = state
        self._stop = threading.Event()

    def run(self) -> None:
        """Read until stopped."""
        while not self._stop.is_set():
            try:
                found = self.read_once()
            except SQLAlchemyError as error:
                log.warning("hub_reader_waits_for_database", error=str(error))
                self._stop.wait(RETRY_SECONDS)
            except Exception:
                log.exception("hub_reader_fault")
                self._stop.wait(RETRY_SECONDS)
            else:
                if not found and not self._state.well:
                    self._stop.wait(POLL_SECONDS)

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    def read_once(self) -> int:
        """Take one step and return how many events it brought. Raises the database's errors, not Redis'."""
        if self._head is None:
            return self._begin()
        if not self._redis_answers():
            return self._read_table(self._head)
        if monotonic() >= self._state.head_due_at:
            found = self._read_table(self._head)
            if found:
                return found
        return self._read_stream(self._head)

    def _begin(self) -> int:
        with self._database.read() as session:
            head = read_head(session)
            newest = read_after(session, max(0, head.top - TAIL_EVENTS), TAIL_EVENTS)
        self._stand_at(head, newest, ResyncReason.START)
        return len(newest)

    def _read_stream(self, head: Head) -> int:
        try:
            events = self._stream.read(head.epoch, head.top, count=BATCH, block_ms=BLOCK_MS)
            encoded_events = [EncodedEvent(event) for event in unbroken(events, head.top)]
        except STREAM_FAULTS as error:
            log.warning("hub_reader_polls_table", error=str(error))
            self._state.well = False
            self._probe_at = monotonic() + PROBE_SECONDS
            return 0
        if encoded_events:
            self._advance(head, encoded_events)
        elif events:
            self._state.head_due_at = 0.0  # a hole: only the table can say what was there
        else:
            self._state.head_due_at = min(
                self._state.head_due_at, self._state.fresh_at + HEAD_EVERY_IDLE_SECONDS
            )
        return len(encoded_events)

    def _read_table(self, head: Head) -> int:
        with self._database.read() as session:
            committed = read_head(session)
            rows = read_after(session, head.top, BATCH) if committed.top > head.top else []
        self._state.head_due_at = monotonic() + HEAD_EVERY_SECONDS
        self._state.fresh_at = monotonic()
        if committed.epoch == head.epoch and committed.top <= head.top:
            return 0
        if committed.epoch != head.epoch:
            self._stand_at(committed, [], ResyncReason.EPOCH)
            return 1
        encoded_events = [EncodedEvent(event) for event in unbroken(rows, head.top)]
        if encoded_events:
            self._advance(head, encoded_events)
        else:
            self._stand_at(committed, [], ResyncReason.RETENTION)
        return 1

    def _advance(self, head: Head, encoded_events: list[EncodedEvent]) -> None:
        self._head = Head(head.epoch, encoded_events[-1].seq)
        self._listener.advanced(encoded_events)

    def _stand_at(self, head: Head, newest: Sequence[SequencedEvent], reason: ResyncReason) -> None:
        self._head = head
        self._state.head_due_at = monotonic() + HEAD_EVERY_SECONDS
        self._state.fresh_at = monotonic()
        self._listener.restarted(head, [EncodedEvent(event) for event in newest], reason)

    def _redis_answers(self) -> bool:
        if self._state.well:
            return True
        if self._probing is None:
            if monotonic() >= self._probe_at:
                self._probing = self._probe()
            return False
        if self._probing.done():
            self._state.well = self._probing.exception() is None
            if self._state.well:
                log.warning("hub_reader_reads_stream_again")
            self._probing = None
            self._probe_at = monotonic() + PROBE_SECONDS
        return self._state.well
