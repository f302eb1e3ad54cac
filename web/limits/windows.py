"""What is counted: windows, how each stands after a try, and the try itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from complaints.setting_values import Rate


@dataclass(frozen=True, slots=True)
class Window:
    """At most `rate` tries of whoever has this name, `{policy}:{who}`."""

    rate: Rate
    name: str

    @property
    def policy(self) -> str:
        """What the limit is called."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True)
class WindowState:
    """How many tries a window has left, and after how many seconds there will be one more."""

    window: Window
    remaining: int
    reset: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A try: how its windows stand; `wait` is above 0, in seconds, where it took a place in none of them."""

    id: str
    standings: Sequence[WindowState]
    wait: int

    @property
    def windows(self) -> Sequence[Window]:
        """The windows that it counts in."""
        return [standing.window for standing in self.standings]
