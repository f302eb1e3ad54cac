"""What a chat wants to be told, and when it wants quiet."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from complaints.alerts.recipients.preferences import Preferences

NIGHT = {"start": "22:00", "end": "07:00"}
LUNCH = {"start": "12:30", "end": "13:15"}
SITES = {"North Hall": True, "NORTH  hall": True, "Ｎorth\u00a0Hall": True, "South Hall": False, None: False}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "until"),
    [
        (NIGHT, "UTC", "2026-11-24T21:59", None),
        (NIGHT, "UTC", "2026-11-24T22:00", "2026-11-25T07:00"),
        (NIGHT, "UTC", "2026-11-25T06:59", "2026-11-25T07:00"),
        (NIGHT, "UTC", "2026-11-25T07:00", None),
        (LUNCH, "UTC", "2026-11-24T12:29", None),
        (LUNCH, "UTC", "2026-11-24T12:30", "2026-11-24T13:15"),
        (LUNCH, "UTC", "2026-11-24T13:15", None),
        (NIGHT, "Europe/Berlin", "2026-11-24T20:59", None),
        (NIGHT, "Europe/Berlin", "2026-11-24T21:00", "2026-11-25T06:00"),
        (NIGHT, "Asia/Kolkata", "2026-11-24T16:30", "2026-11-25T01:30"),
        # The clocks go forward in the night of 29 March 2026, and back in that of 25 October.
        (NIGHT, "Europe/Berlin", "2026-03-28T22:00", "2026-03-29T05:00"),
        (NIGHT, "Europe/Berlin", "2026-10-24T21:00", "2026-10-25T06:00"),
        ({"start": "22:00", "end": "02:30"}, "Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:30"),
        # What the clocks leave out is over when they have gone forward, at midnight and at the date line, too.
        ({"start": "22:00", "end": "02:30"}, "Europe/Berlin", "2026-03-29T00:45", "2026-03-29T01:00"),
        ({"start": "22:00", "end": "00:30"}, "Africa/Cairo", "2026-04-23T21:45", "2026-04-23T22:00"),
        ({"start": "22:00", "end": "02:15"}, "Australia/Lord_Howe", "2026-10-03T15:20", "2026-10-03T15:30"),
    ],
)
def test_quiet_hours_end_when_the_chats_own_clock_says_so(hours, zone, now, until):
    preferences = Preferences(time_zone=zone, quiet_hours=hours)
    assert preferences.quiet_until(at(now)) == (None if until is None else at(until))


def test_without_quiet_hours_it_is_never_quiet():
    assert Preferences().quiet_until(at("2026-11-24T23:00")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"quiet_hours": {"start": "22:00"}},
        {"quiet_hours": {"start": "24:00", "end": "07:00"}},
        {"quiet_hours": {"start": "7:00", "end": "09:00"}},
        {"quiet_hours": {"start": "07:00", "end": "07:00"}},
        {"digest_patience_seconds": 0},
        {"minimum_severity": "urgent"},
        {"unheard_of": True},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Preferences.model_validate(wrong)


def test_preferences_survive_being_stored():
    preferences = Preferences(time_zone="Europe/Berlin", quiet_hours=NIGHT, sites=["North"], silent_low=True)
    assert Preferences.model_validate(preferences.model_dump(mode="json")) == preferences


def test_a_stored_preference_that_makes_no_sense_any_more_does_not_silence_the_chat():
    stored = {"minimum_severity": "high", "time_zone": "Gone/Away", "unheard_of": 1}
    assert Preferences.stored(stored) == Preferences(minimum_severity="high")


def test_a_site_is_wanted_however_somebody_writes_it() -> None:
    """While none is defined, people who complain write sites as they like."""
    preferences = Preferences(sites=["North Hall"])
    told = {name: preferences.want_such(severity="high", category="noise", site=name) for name in SITES}
    assert told == SITES
