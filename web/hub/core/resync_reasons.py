"""Why a client is told to fetch its list again."""

from enum import StrEnum


class ResyncReason(StrEnum):
    """What stands in a `resync`; `.meaning` says it to people."""

    START = "start"
    EPOCH = "epoch"
    AHEAD = "ahead"
    BEHIND = "behind"
    RETENTION = "retention"
    RIGHTS = "rights"

    @property
    def meaning(self) -> str:
        """What has happened."""
        return MEANINGS[self]


MEANINGS = {
    ResyncReason.START: "this process has only now found its place",
    ResyncReason.EPOCH: "an older database was restored: the numbers are of another order",
    ResyncReason.AHEAD: "`after` lies beyond the last event",
    ResyncReason.BEHIND: "more events lie between than are replayed (`REPLAY_LIMIT`)",
    ResyncReason.RETENTION: "some of what lies between was deleted",
    ResyncReason.RIGHTS: "the caller may see other sites than before",
}
