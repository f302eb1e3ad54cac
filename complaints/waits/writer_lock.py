"""The queue of those who write to one SQLite file: an `flock`, which serves its waiters in turn.

`flock` waits for ever, and somebody who stands still while he holds it would stop all others. So a thread waits
for it, and who wanted it waits for that thread no longer than they may; of a process one at a time does.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy.exc import OperationalError

from complaints.waits.patience import Patience, gave_up


class WriterLock:
    """Safe to share among threads and processes. Without a patience it is waited for as long as it takes."""

    def __init__(self, path: str, patience: Patience | None) -> None:
        self._path = path
        self._seconds = None if patience is None else patience.lock
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._waiter: _Waiter | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it. Raises `OperationalError` where somebody else held it for too long."""
        deadline = None if self._seconds is None else monotonic() + self._seconds
        if not self._turn.acquire(timeout=-1 if self._seconds is None else self._seconds):
            raise gave_up("another writer holds the database")
        try:
            handle = self._take(None if deadline is None else max(0.0, deadline - monotonic()))
            try:
                yield
            finally:
                os.close(handle)
        finally:
            self._turn.release()

    def _take(self, seconds: float | None) -> int:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OperationalError(None, None, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._wait(handle, seconds)
        return handle

    def _wait(self, handle: int, seconds: float | None) -> int:
        """Return a handle that holds the lock: this one, or that of a thread that waits for who gave up."""
        with self._guard:
            if self._waiter is None or self._waiter.dropped:
                self._waiter = _Waiter(handle, self._guard)
                self._waiter.start()
            else:
                os.close(handle)
            waiter = self._waiter
            waiter.wanted = True
        waiter.over.wait(seconds)
        with self._guard:
            if waiter.over.is_set():
                self._waiter = None
                return waiter.handle
            waiter.wanted = False
        raise gave_up("another writer holds the database")


class _Waiter(threading.Thread):
    """Waits for the lock, and lets go of it at once where nobody wants it any more."""

    def __init__(self, handle: int, guard: threading.Lock) -> None:
        super().__init__(name="writer-lock", daemon=True)
        self.handle = handle
        self.over = threading.Event()
        self.wanted = self.dropped = False
        self._guard = guard

    def run(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_EX)
        with self._guard:
            if self.wanted:
                self.over.set()
            else:
                self.dropped = True
                os.close(self.handle)
