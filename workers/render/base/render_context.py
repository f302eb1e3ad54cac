"""Where and when a message is read."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class RenderContext:
    """Where and when a message is read: links lead to `public_url`, times are told in `zone`."""

    public_url: str
    zone: ZoneInfo
    now: datetime
