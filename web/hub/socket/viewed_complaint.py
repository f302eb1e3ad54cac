"""What the operator behind one connection has open."""


class ViewedComplaint:
    """A complaint that may be seen, and what of it has been told.

    `site` is where the complaint was when that was last known. `told` is the frame of presence that was sent last,
    `signals` are frames that wait, the newest of each alert.
    """

    __slots__ = ("complaint", "signals", "site", "told")

    def __init__(self, complaint: str, site: str | None) -> None:
        self.complaint = complaint
        self.site = site
        self.told: bytes | None = None
        self.signals: dict[str, bytes] = {}
