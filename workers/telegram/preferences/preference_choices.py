"""What a button of `/settings` says, as a change of preferences.

Each function raises KeyError or ValueError for a value that no button of ours has.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from complaints.alerts.messages.panels import known_categories, known_sites
from complaints.alerts.recipients.preferences import Preferences
from complaints.chats.muting import LONGEST, mute, unmute
from complaints.models import Chat
from workers.render.preferences.page_parts import key_of

SWITCH = {"on": True, "off": False}
HOURS = re.compile(r"([0-9]{2})([0-9]{2})-([0-9]{2})([0-9]{2})")
ALL = "all"

Changes = dict[str, Any]
Change = Callable[[Session, Chat, Preferences, str], Changes]


def set_mute(session: Session, chat: Chat, value: str, *, now: datetime) -> None:
    """Mute the chat for so many minutes, or `on` until it is unmuted; `off` unmutes it."""
    if value == "off":
        unmute(session, chat, now=now)
        return
    span = None if value == "on" else timedelta(minutes=int(value))
    if span is not None and not timedelta() < span <= LONGEST:
        raise ValueError(value)
    mute(session, chat, until=None if span is None else now + span, now=now)


def _kinds(_session: Session, _chat: Chat, wishes: Preferences, value: str) -> Changes:
    kind, _, position = value.partition(".")
    return {"kinds": _switched(wishes.kinds, kind, SWITCH[position])}


def _severity(_session: Session, _chat: Chat, _wishes: Preferences, value: str) -> Changes:
    return {"minimum_severity": value}


def _categories(session: Session, _chat: Chat, wishes: Preferences, value: str) -> Changes:
    return {"categories": _chosen(known_categories(session, wishes), wishes.categories, value)}


def _sites(session: Session, chat: Chat, wishes: Preferences, value: str) -> Changes:
    return {"sites": _chosen(known_sites(session, chat, wishes), wishes.sites, value)}


def _quiet(_session: Session, _chat: Chat, _wishes: Preferences, value: str) -> Changes:
    if value == "off":
        return {"quiet_hours": None}
    hours = HOURS.fullmatch(value)
    if hours is None:
        raise ValueError(value)
    return {"quiet_hours": {"start": f"{hours[1]}:{hours[2]}", "end": f"{hours[3]}:{hours[4]}"}}


def _passing(_session: Session, _chat: Chat, wishes: Preferences, value: str) -> Changes:
    if wishes.quiet_hours is None:
        raise ValueError(value)
    return {"quiet_hours": {"critical_passes": SWITCH[value]}}


def _zone(_session: Session, _chat: Chat, _wishes: Preferences, value: str) -> Changes:
    return {"time_zone": value}


def _patience(_session: Session, _chat: Chat, _wishes: Preferences, value: str) -> Changes:
    return {"digest_patience_seconds": int(value)}


def _silence(_session: Session, _chat: Chat, _wishes: Preferences, value: str) -> Changes:
    return {"silent_low": SWITCH[value]}


CHANGES: dict[str, Change] = {
    "kind": _kinds,
    "severity": _severity,
    "category": _categories,
    "site": _sites,
    "quiet": _quiet,
    "pass": _passing,
    "zone": _zone,
    "patience": _patience,
    "silent": _silence,
}


def _chosen(known: Iterable[str], wanted: Iterable[str] | None, value: str) -> list[str] | None:
    """Return the names that are wanted then; None, which is all, once none is left."""
    if value == ALL:
        return None
    key, _, position = value.partition(".")
    name = {key_of(name): name for name in known}[key]
    return _switched(wanted or (), name, SWITCH[position]) or None


def _switched(names: Iterable[str], name: str, on: bool) -> list[str]:
    rest = [other for other in names if other != name]
    return [*rest, name] if on else rest
