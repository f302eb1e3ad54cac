"""Quiet hours end when the clock says so, in every zone and on every night when clocks change."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.alerts.recipients.preferences import QuietHours
from complaints.forms.time_zones import zone_names

BEGIN, YEARS = datetime(2020, 1, 1, tzinfo=UTC), 10
MINUTES_OF_DAY = 24 * 60
NEAR = timedelta(hours=26)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return when the zone's clocks change in these years: none does so twice within a week."""
    weeks = [BEGIN + timedelta(weeks=week) for week in range(YEARS * 52)]
    return [
        _change(zone, first, last)
        for first, last in pairwise(weeks)
        if first.astimezone(zone).utcoffset() != last.astimezone(zone).utcoffset()
    ]


def _change(zone: ZoneInfo, before: datetime, past: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while past - before > timedelta(minutes=1):
        middle = before + (past - before) / 2
        before, past = (middle, past) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return past


@cache
def nights_of_change() -> set[tuple[str, datetime]]:
    """Return a zone and a change for each that is like no other's."""
    found: dict[object, tuple[str, datetime]] = {}
    for name in sorted(zone_names()):
        zone = ZoneInfo(name)
        for change in changes(zone):
            offsets = [(change + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-1, 1)]
            found[change.astimezone(zone).hour, *offsets] = name, change
    return set(found.values())


def assert_ends_well(hours: QuietHours, zone: ZoneInfo, now: datetime) -> None:
    end = hours.end_after(now, zone)
    if end is None:
        return
    assert now < end <= now + NEAR, f"{zone} {now}: {end}"
    assert hours.end_after(end, zone) is None, f"{zone} {now}: still quiet at {end}"
    earlier = end - timedelta(minutes=1)
    assert earlier <= now or hours.end_after(earlier, zone) is not None, f"{zone} {now}: {end} is late"


@pytest.mark.parametrize(
    "hours", [("22:00", "02:30"), ("22:00", "00:30"), ("23:30", "00:00"), ("01:15", "02:45")]
)
def test_every_zone_s_nights_of_change(hours: tuple[str, str]) -> None:
    quiet = QuietHours(start=hours[0], end=hours[1])
    for name, change in nights_of_change():
        for quarter in range(-16, 16):
            assert_ends_well(quiet, ZoneInfo(name), change + timedelta(minutes=15 * quarter))


@given(
    name=st.sampled_from(sorted(zone_names())),
    minute=st.integers(0, YEARS * 366 * MINUTES_OF_DAY),
    start=st.integers(0, MINUTES_OF_DAY - 1),
    length=st.integers(1, MINUTES_OF_DAY - 1),
)
def test_any_night_anywhere(name: str, minute: int, start: int, length: int) -> None:
    hours = QuietHours(start=clock(start), end=clock((start + length) % MINUTES_OF_DAY))
    assert_ends_well(hours, ZoneInfo(name), BEGIN + timedelta(minutes=minute))
