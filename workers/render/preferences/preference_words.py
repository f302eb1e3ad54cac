"""A chat's preferences in words."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.alert_words import ChatState
from complaints.alerts import kinds
from complaints.alerts.recipients.preferences import Preferences
from complaints.words import Severity
from workers.render.base.message import moment, safe

NAMES_UNITS = 300
SHORT_SECONDS = 90


def kinds_in_words(preferences: Preferences) -> str:
    """Return what the chat is told about."""
    return ", ".join(kinds.choices()[kind] for kind in preferences.kinds) or "nothing"


def severity_in_words(preferences: Preferences) -> str:
    """Return from which severity on."""
    lowest = preferences.minimum_severity
    if lowest is Severity.LOW:
        return "all"
    return "critical only" if lowest is Severity.CRITICAL else f"{lowest} and above"


def names_in_words(names: Iterable[str] | None) -> str:
    """Return the names of categories or sites, escaped."""
    return "all" if names is None else safe(", ".join(names), NAMES_UNITS) or "none"


def quiet_in_words(preferences: Preferences) -> str:
    """Return the quiet hours, and whether critical alerts pass."""
    hours = preferences.quiet_hours
    if hours is None:
        return "none"
    passes = "critical alerts pass" if hours.critical_passes else "nothing passes"
    return f"{hours.start}–{hours.end} {preferences.time_zone}, {passes}"


def span_in_words(seconds: int) -> str:
    """Return a span in seconds or minutes: `45 s`, `5 min`."""
    if seconds < SHORT_SECONDS or seconds % 60:
        return f"{seconds} s"
    return f"{seconds // 60} min"


def sound_in_words(preferences: Preferences) -> str:
    """Return whether alerts of low severity make a sound."""
    return "without a sound" if preferences.silent_low else "with a sound"


def mute_in_words(state: str, until: datetime | None, zone: ZoneInfo, *, now: datetime) -> str:
    """Return whether the chat is muted, and until when."""
    if state != ChatState.MUTED:
        return "no"
    return "until /unmute" if until is None else f"until {moment(until, zone, now=now)}"
