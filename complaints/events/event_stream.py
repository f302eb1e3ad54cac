"""The Redis stream: a cache of the event table's tail that every web process reads.

| key | type | holds |
| --- | --- | --- |
| `redress:events:{epoch}` | stream | entries `{seq}-0` with fields `c` complaint id, `s` sites, `e` envelope |

Publishing is compare-and-append in one script, so that racing publishers need no lock and can lose nothing, and
repair after a flush or a failover is the same path as everyday publishing.
"""

import json
from pathlib import Path
from typing import Any, cast

from redis import Redis

from complaints.db import Database
from complaints.events.event_feed import SequencedEvent, read_after, read_head
from complaints.events.sequencer import start_epoch_if_behind

MAXLEN = 10_000
BATCH = 500
EPOCH_KEEP_SECONDS = 7 * 24 * 3600
SCRIPT = Path(__file__).with_name("publish.lua").read_text()


def stream_key(epoch: str) -> str:
    """Return the key of an epoch's stream."""
    return f"redress:events:{epoch}"


class EventStream:
    """The stream of sequenced events. Errors are redis-py's own (`redis.RedisError`)."""

    def __init__(self, redis: Redis, *, maxlen: int = MAXLEN) -> None:
        self.redis = redis
        self.maxlen = maxlen
        self._append = redis.register_script(SCRIPT)

    def last(self, epoch: str) -> int | None:
        """Return the seq of the newest entry, or None for an empty stream."""
        tail = cast(list[Any], self.redis.xrevrange(stream_key(epoch), count=1))
        return _seq(tail[0][0]) if tail else None

    def append(self, epoch: str, after: int, events: list[SequencedEvent]) -> int:
        """Append what follows the newest entry without a hole; return how many entries were.

        `events` are all that the table has above `after`, ascending: a seq missing among them was deleted by
        retention and is no hole. An empty stream is taken to end at `after`.
        """
        values: list[Any] = [self.maxlen, EPOCH_KEEP_SECONDS, after]
        for event in events:
            sites = json.dumps([event.site_before, event.site_after], ensure_ascii=False)
            values += [after, event.seq, event.complaint_id, sites, event.envelope]
            after = event.seq
        return cast(list[int], self._append(keys=[stream_key(epoch)], args=values))[1]

    def read(self, epoch: str, after: int, *, count: int, block_ms: int) -> list[SequencedEvent]:
        """Return entries above `after`, waiting up to `block_ms` for the first; empty where none came."""
        key = stream_key(epoch)
        answer = cast(Any, self.redis.xread({key: f"{after}-0"}, count=count, block=block_ms))
        return [_decode(entry) for entry in answer[0][1]] if answer else []

    def read_range(self, epoch: str, after: int, count: int) -> list[SequencedEvent]:
        """Return at most `count` entries above `after`, without waiting."""
        entries = cast(list[Any], self.redis.xrange(stream_key(epoch), min=f"({after}-0", count=count))
        return [_decode(entry) for entry in entries]


def publish_once(db: Database, stream: EventStream, *, batch: int = BATCH) -> int:
    """Copy at most `batch` numbered events that the stream lacks to it; return how many.

    A stream that is ahead of the table belongs to a history that was lost: a new epoch is set.
    """
    with db.read() as session:
        head = read_head(session)
    last = stream.last(head.epoch)
    if last is not None and last > head.top:
        start_epoch_if_behind(db, head.epoch, last)
        return 0
    after = max(0, head.top - stream.maxlen) if last is None else last
    if after == head.top:
        return 0
    with db.read() as session:
        events = read_after(session, after, batch)
    return stream.append(head.epoch, after, events)


def _decode(entry: Any) -> SequencedEvent:
    fields = entry[1]
    before, after = json.loads(fields[b"s"])
    return SequencedEvent(_seq(entry[0]), fields[b"c"].decode(), before, after, fields[b"e"])


def _seq(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
