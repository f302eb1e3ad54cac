"""When a zone's wall clock says something, on the nights when clocks change, too.

A time that is skipped counts as reached when the clock is past it; of one that comes twice, the next one counts.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXACT = timedelta(seconds=1)


def next_time(day: date, clock: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return the first instant past `after`, in UTC, at which the zone's clock is at or past `clock` that day."""
    wanted = datetime.combine(day, clock)
    either = [wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    said = [instant for instant in either if instant.astimezone(zone).replace(tzinfo=None) == wanted]
    if not said:
        before, past = sorted(either)
        return max(after, _end_of_gap(before, past, zone))
    return next((instant for instant in said if instant > after), after)


def _end_of_gap(before: datetime, past: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between these two at which the clocks go forward."""
    offset = before.astimezone(zone).utcoffset()
    while past - before > EXACT:
        middle = before + (past - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            past = middle
    return past.replace(microsecond=0)
