"""Whether the hub serves: told by its parts, read by all of them and by request threads."""

from dataclasses import dataclass


@dataclass(slots=True)
class HubStatus:
    """Plain attributes. `ready`: the order of events is known; `lost`: the first thread that died."""

    ready: bool = False
    draining: bool = False
    lost: str | None = None

    @property
    def serving(self) -> bool:
        """Whether sockets that are here are served."""
        return self.ready and not self.draining

    @property
    def accepting(self) -> bool:
        """Whether a socket may be handed over now."""
        return self.serving and self.lost is None
