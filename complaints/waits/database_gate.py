"""Who may be at the database now: so few that one that hangs leaves threads to whoever doesn't need it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy.exc import OperationalError

from complaints.waits.patience import Patience, gave_up, is_silence

PLACES_MAXIMUM = 10


class DatabaseGate:
    """Has ten places, or fewer. Safe to share among threads; who is inside already may come in again.

    Where all are taken and nobody has come out for a fifth of the patience, whoever wants in is refused
    (`OperationalError`), and so is who has waited for half of it. Once the database has kept somebody waiting for
    as long as anybody waits, one at a time is let in, to try, and all others are refused at once, until it answers.
    """

    def __init__(self, patience: Patience, places: int) -> None:
        self._places = min(places, PLACES_MAXIMUM)
        self._wait_seconds = patience.answer / 2
        self._silence_seconds = patience.answer / 5
        self._changed = threading.Condition()
        self._inside = 0
        self._moved_at = monotonic()
        self._hangs = False
        self._trying: int | None = None
        self._mine = threading.local()

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Be inside; raises `OperationalError` where that is of no use."""
        depth = getattr(self._mine, "depth", 0)
        if depth == 0:
            self._enter()
        self._mine.depth = depth + 1
        silent = False
        try:
            yield
        except OperationalError as error:
            silent = is_silence(error)
            raise
        finally:
            self._mine.depth = depth
            if depth == 0:
                self._leave(silent=silent)

    def _enter(self) -> None:
        began = monotonic()
        with self._changed:
            while not self._hangs and self._inside >= self._places:
                now = monotonic()
                if now - self._moved_at >= self._silence_seconds or now - began >= self._wait_seconds:
                    raise gave_up("all who are at the database wait")
                self._changed.wait(self._silence_seconds)
            if self._hangs:
                if self._trying is not None:
                    raise gave_up("the database does not answer")
                self._trying = threading.get_ident()
            self._inside += 1
            if self._inside == self._places:
                self._moved_at = monotonic()

    def _leave(self, *, silent: bool) -> None:
        with self._changed:
            self._inside -= 1
            self._hangs = silent
            if not silent or self._trying == threading.get_ident():
                self._trying = None
            if not silent:
                self._moved_at = monotonic()
            self._changed.notify_all()
