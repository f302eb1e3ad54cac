"""Spans of time as people type them."""

import re
from datetime import timedelta

from complaints.chats.muting import LONGEST

UNITS = {"": "minutes", "m": "minutes", "h": "hours", "d": "days"}
PARTS = re.compile(r"(?:[0-9]{1,5} *(?:m|h|d) *)+|[0-9]{1,5}")
PART = re.compile(r"([0-9]+) *([mhd]?)")
LONG_NAMES = re.compile(r"([mhd])(?:in(?:ute)?|ou?r|ay)?s?\b")


def read_span(text: str) -> timedelta | None:
    """Return the span that was typed: `2h`, `90` (minutes), `1d 12h`.

    None for anything else, and for more than a mute may last.
    """
    short = LONG_NAMES.sub(r"\1", text.strip().lower())
    if PARTS.fullmatch(short) is None:
        return None
    span = sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in PART.findall(short)), timedelta())
    return span if timedelta() < span <= LONGEST else None
