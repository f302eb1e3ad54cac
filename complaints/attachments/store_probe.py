"""Whether the store takes files, tried beside whoever asks: one that hangs is waited for a moment at most."""

import threading
import time

from complaints.attachments.object_store import AttachmentStore
from complaints.errors import StoreUnavailable

KNOWN_SECONDS = 20.0
PATIENCE_SECONDS = 1.0


class StoreProbe:
    """Remembers what the last try said, and tries again where that is old. Safe to share among threads."""

    def __init__(self, store: AttachmentStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._tried_at = -KNOWN_SECONDS
        self._well = False

    def is_well(self) -> bool:
        """Say whether the store took something lately; one that has not answered yet is not well."""
        with self._lock:
            due = time.monotonic() - self._tried_at >= KNOWN_SECONDS
            if due:
                self._tried_at = time.monotonic()
                self._answered.clear()
                threading.Thread(target=self._try, name="store-probe", daemon=True).start()
        return self._answered.wait(PATIENCE_SECONDS) and self._well

    def _try(self) -> None:
        try:
            self._store.probe()
            self._well = True
        except StoreUnavailable:
            self._well = False
        finally:
            self._answered.set()
