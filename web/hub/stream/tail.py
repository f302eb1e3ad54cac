"""The newest events in memory, so that whoever is a little behind is served without the database or Redis.

Seqs in it follow each other without a hole. Replay ends here, and going live from here needs no merging.
"""

from collections.abc import Iterator

from web.hub.socket.encoded_event import EncodedEvent

COUNT_MAXIMUM = 5_000
BYTES_MAXIMUM = 8 * 1024 * 1024


class Tail:
    """What followed `head` at the start, up to the present `head`. Owned by the loop's thread."""

    __slots__ = ("_bytes", "_kept", "first", "head")

    def __init__(self, head: int = 0) -> None:
        self._kept: dict[int, EncodedEvent] = {}
        self._bytes = 0
        self.head = head
        self.first = head + 1

    def restart(self, head: int, newest: list[EncodedEvent]) -> None:
        """Forget everything and stand at `head`; `newest` are events up to it, ascending."""
        self._kept.clear()
        self._bytes = 0
        run = _unbroken_run_to(head, newest)
        self.head, self.first = head - len(run), head - len(run) + 1
        for encoded in run:
            self.append(encoded)

    def append(self, encoded: EncodedEvent) -> None:
        """Add the event that follows the head; ValueError for any other, since a hole must never open."""
        if encoded.seq != self.head + 1:
            raise ValueError(f"{encoded.seq} does not follow {self.head}")
        self._kept[encoded.seq] = encoded
        self._bytes += len(encoded.frame)
        self.head = encoded.seq
        while len(self._kept) > COUNT_MAXIMUM or self._bytes > BYTES_MAXIMUM:
            self._bytes -= len(self._kept.pop(self.first).frame)
            self.first += 1

    def covers(self, after: int) -> bool:
        """Say whether everything above `after` is here."""
        return self.first - 1 <= after <= self.head

    def get(self, seq: int) -> EncodedEvent | None:
        """Return the event, if it is still here."""
        return self._kept.get(seq)

    def above(self, after: int) -> Iterator[EncodedEvent]:
        """Yield everything above `after`, which must be covered, ascending."""
        return (self._kept[seq] for seq in range(after + 1, self.head + 1))


def _unbroken_run_to(head: int, newest: list[EncodedEvent]) -> list[EncodedEvent]:
    run: list[EncodedEvent] = []
    for encoded in reversed(newest):
        if encoded.seq != head - len(run):
            break
        run.append(encoded)
    return run[::-1]
