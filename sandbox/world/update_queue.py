"""The queue of updates for the bot: numbered, kept until confirmed, pulled by getUpdates or pushed."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.world.storage import NullStorage, Storage

# What Telegram leaves out unless a bot asks for it by name.
OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}

_EPOCH = 1_767_225_600  # 2026-01-01
_IDS_PER_SECOND = 10


def first_update_id() -> int:
    """An id above those of earlier sandboxes, so that who drops repeated ids never drops a fresh update."""
    return int((time.time() - _EPOCH) * _IDS_PER_SECOND)


@dataclass
class UpdateQueue:
    """Not thread-safe: called under the world's lock. ``allowed`` empty or None means Telegram's default."""

    storage: Storage = field(default_factory=NullStorage)
    allowed: list[str] | None = None
    next_id: int = field(default_factory=first_update_id)
    pending: OrderedDict[int, dict[str, Any]] = field(default_factory=OrderedDict)
    polls: int = 0  # getUpdates requests so far; an older one that still waits has lost to the newest

    def restore(self) -> None:
        self.pending = OrderedDict(self.storage.all("update"))
        self.next_id = max([self.next_id, *(update_id + 1 for update_id in self.pending)])
        for _, kept in self.storage.all("allowed_updates"):
            self.allowed = kept

    def add(self, kind: str, value: dict[str, Any]) -> dict[str, Any] | None:
        """Queue an update; None when the bot did not ask for this kind."""
        if self.allowed and kind not in self.allowed:
            return None
        if not self.allowed and kind in OPT_IN:
            return None
        update = {"update_id": self.next_id, kind: value}
        self.pending[self.next_id] = update
        self.storage.put("update", self.next_id, update)
        self.next_id += 1
        return update

    def allow(self, kinds: list[str] | None) -> None:
        """Remember what the bot wants to hear; None keeps the former choice."""
        if kinds is not None and kinds != self.allowed:
            self.allowed = kinds
            self.storage.put("allowed_updates", 0, kinds)

    def confirm(self, offset: int) -> None:
        """Forget every update below ``offset``; a negative one keeps only that many of the newest."""
        if offset < 0:
            gone = list(self.pending)[: max(0, len(self.pending) + offset)]
        else:
            gone = [update_id for update_id in self.pending if update_id < offset]
        for update_id in gone:
            del self.pending[update_id]
            self.storage.drop("update", update_id)

    def batch(self, limit: int) -> list[dict[str, Any]]:
        return list(self.pending.values())[:limit]

    def drop_all(self) -> None:
        self.confirm(self.next_id)
