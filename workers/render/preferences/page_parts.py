"""What the pages of `/settings` are made from."""

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from complaints.alerts.messages.panels import Panel
from complaints.alerts.recipients.preferences import Preferences
from complaints.texts.chat_text import isolated
from complaints.texts.kept_form import as_line
from workers.render.base.message import Button, Rows, cut
from workers.render.base.render_context import RenderContext

SET = "set"
FRONT, DONE = "front", "done"
LABEL_UNITS = 40
KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Screen:
    """A chat's panel and preferences, and what comes after the page's name: `zones.Europe.2`."""

    panel: Panel
    preferences: Preferences
    context: RenderContext
    place: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The chat's time zone."""
        return self.context.zone


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page's heading, what is said under it (HTML), and its buttons."""

    heading: str
    text: str
    rows: Rows


def leaf(label: str, page: str) -> Button:
    """Return a button that turns to a page."""
    return Button(label, action=f"{SET}:page:{page}")


def choice(label: str, what: str, value: str, *, chosen: bool = False) -> Button:
    """Return a button that sets something; it says the same however often it is pressed."""
    shown = isolated(cut(as_line(label), LABEL_UNITS))
    return Button(f"✓ {shown}" if chosen else shown, action=f"{SET}:{what}:{value}")


def switch(on: bool) -> str:
    """Return the word for a switch's position."""
    return "on" if on else "off"


def key_of(name: str) -> str:
    """Return what stands for a name in a button, where a name of any length would not fit."""
    return hashlib.sha256(name.encode()).hexdigest()[:KEY_LENGTH]
