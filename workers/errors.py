"""What goes wrong in workers, beside what python-telegram-bot raises.

Exception
├── Postponed   not now, says the limiter or the circuit; nothing was sent
├── LeaseLost   another worker may send to the chat; nothing was sent
├── Overslept   the process stood still before the request; nothing was sent
├── StoodDown   this bot process must not take updates for a while
├── BadUpdate   an update can't be handled
└── Declined    a command is not done; the text says why
"""

from typing import Any


class Postponed(Exception):
    """Not now: nothing was sent. `shared` says that nothing else may go either for `wait` seconds."""

    def __init__(self, reason: str, wait: float, *, shared: bool) -> None:
        super().__init__(f"{reason}; again in {wait:.3f} s")
        self.wait = wait
        self.shared = shared


class LeaseLost(Exception):
    """Another worker may send to this chat now, or has the alert settled already; nothing was sent."""


class Overslept(Exception):
    """The process stood still between its mark and the request (SIGSTOP, a frozen machine); nothing was sent."""


class StoodDown(Exception):
    """The lease is another's by now, or somebody without one takes our updates: stop for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"for {seconds} s")
        self.seconds = seconds


class BadUpdate(Exception):
    """An update that can't be handled; a press is answered all the same."""

    def __init__(self, update_id: int, payload: Any, reason: str) -> None:
        super().__init__(reason)
        self.update_id = update_id
        self.payload = payload


class Declined(Exception):
    """The command is not done; the text (HTML) says why."""
