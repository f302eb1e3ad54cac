"""Whether the hub serves: told by its parts, read by all of them and by request threads."""

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class HubStatus:
    """`ready`: the order of events is known; `lost`: the first thread that died."""

    draining: bool = False
    lost: str | None = None
    _began: threading.Event = field(default_factory=threading.Event)

    @property
    def ready(self) -> bool:
        """Whether it has begun to serve."""
        return self._began.is_set()

    def begin(self) -> None:
        """From now on it serves."""
        self._began.set()

    def wait_for_begin(self, seconds: float) -> None:
        """Wait until it has begun, for so long at most."""
        self._began.wait(seconds)

    @property
    def serving(self) -> bool:
        """Whether sockets that are here are served."""
        return self.ready and not self.draining

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self.serving and self.lost is None
