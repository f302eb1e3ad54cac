"""What `/open` and `/status` say."""

import html
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.alert_words import ChatState
from complaints.alerts.recipients.preferences import Preferences
from complaints.chats.open_complaints import OpenFigures
from complaints.models import Chat, Complaint
from complaints.words import Severity
from workers.render.base.message import age, moment, safe
from workers.render.complaint_message import SIGNS
from workers.render.preferences.preference_words import (
    kinds_in_words,
    mute_in_words,
    names_in_words,
    quiet_in_words,
    severity_in_words,
    sound_in_words,
    span_in_words,
)

LISTED = 10
LINE_UNITS = 80
SITE_UNITS = 40


def open_text(rows: Sequence[Complaint], count: int, url: str, *, now: datetime) -> str:
    """Return a list of the first open complaints, how many there are besides, and where to see them all."""
    if not rows:
        return "No complaint is open."
    lines = [f"<b>Open: {count}</b>", *(_line(row, now) for row in rows)]
    if count > len(rows):
        lines.append(f"… and {count - len(rows)} more")
    return "\n".join([*lines, html.escape(url)])


def status_text(chat: Chat, figures: OpenFigures, *, now: datetime) -> str:
    """Return how many complaints are open, whether alerts arrive in the chat, and which."""
    preferences = Preferences.stored(chat.preferences)
    return (
        f"<b>Open: {figures.open}</b>, of these {figures.unacknowledged} not acknowledged, "
        f"{figures.overdue} overdue.\n{_state(chat, preferences, now)}\n{_wishes(preferences)}"
    )


def _line(row: Complaint, now: datetime) -> str:
    site = f" · {safe(row.site, SITE_UNITS)}" if row.site else ""
    text = row.subject or row.description
    status = row.status.replace("_", " ")
    facts = f"{SIGNS[Severity(row.severity)]} <b>{row.reference}</b> · {status} · {age(now - row.created_at)}"
    return f"{facts}{site}\n{safe(text, LINE_UNITS)}"


def _state(chat: Chat, preferences: Preferences, now: datetime) -> str:
    zone = ZoneInfo(preferences.time_zone)
    if chat.state == ChatState.MUTED:
        return f"This chat is muted {mute_in_words(chat.state, chat.muted_until, zone, now=now)}."
    if chat.state == ChatState.UNREACHABLE:
        return "Messages could not be delivered here, so that no alerts come. /start brings them back."
    if chat.state != ChatState.ACTIVE:
        return "No alerts arrive here. /start brings them back."
    quiet = preferences.quiet_until(now)
    if quiet is not None:
        return f"This chat is quiet until {moment(quiet, zone, now=now)}."
    return "Alerts arrive here."


def _wishes(preferences: Preferences) -> str:
    return (
        f"Settings: {kinds_in_words(preferences)}; severity: {severity_in_words(preferences)}; "
        f"categories: {names_in_words(preferences.categories)}; sites: {names_in_words(preferences.sites)}; "
        f"quiet hours: {quiet_in_words(preferences)}; digest after "
        f"{span_in_words(preferences.digest_patience_seconds)}; low severity {sound_in_words(preferences)}."
    )
