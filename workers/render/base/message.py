"""What every message is made of: text that is escaped, cut and fitted as Telegram wants it, and buttons."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from complaints.texts.chat_text import as_html
from complaints.texts.kept_form import as_line, lines_of

MAX_UNITS = 4096
PLAIN_UNITS = 3000
ELLIPSIS = "…"
NEW_LINE = "\n"
QUOTATION = re.compile("<blockquote>(.*?)</blockquote>", re.DOTALL)
TAG = re.compile(r"</?[a-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: either an action of ours (at most 64 bytes) or an address."""

    label: str
    action: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A text (HTML unless `plain`) of at most 4096 UTF-16 units, and rows of buttons under it.

    `silent` makes no sound on the phone. `asks` opens the phone's keyboard for a reply to this message.
    """

    text: str
    rows: Rows = ()
    plain: bool = False
    silent: bool = False
    asks: bool = False


def age(passed: timedelta) -> str:
    """Return a span of time in its largest whole unit: `4 min`."""
    seconds = max(0, int(passed.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def is_linkable(url: str) -> bool:
    """Say whether Telegram takes the address in a button: it refuses local hosts."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local", ".internal"))


def moment(instant: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Return the time of day in the zone, with the date where that is not today's: `24 Nov 14:05 CET`."""
    here = instant.astimezone(zone)
    today = here.date() == now.astimezone(zone).date()
    return f"{here:%H:%M %Z}" if today else f"{here.day} {here:%b %H:%M %Z}"


def in_rows(buttons: Sequence[Button], abreast: int) -> Rows:
    """Return the buttons in rows of so many."""
    return tuple(tuple(buttons[start : start + abreast]) for start in range(0, len(buttons), abreast))


def fit(text: str, *, rows: Rows = (), plain: bool = False) -> Message:
    """Return the message; `plain` takes all markup out, and the buttons with addresses, which may be the fault."""
    if plain:
        marked = QUOTATION.sub(lambda found: "> " + found[1].replace(NEW_LINE, f"{NEW_LINE}> "), text)
        bare = html.unescape(TAG.sub("", marked))
        kept = tuple(tuple(button for button in row if button.url is None) for row in rows)
        return Message(cut(bare, PLAIN_UNITS), tuple(row for row in kept if row), plain=True)
    return Message(text, rows)


def safe(text: str, units: int) -> str:
    """Return the text on one line, cut to about so many UTF-16 code units, for Telegram's HTML."""
    return as_html(cut(as_line(text), units))


def quoted(text: str, units: int, lines: int) -> str:
    """Return the first lines of the text, several as a quotation: what they say is nobody else's."""
    said = [line for line in lines_of(cut(text, units)) if line]
    shown = [*said[:lines], *([ELLIPSIS] if len(said) > lines else [])]
    text = NEW_LINE.join(map(as_html, shown))
    return f"<blockquote>{text}</blockquote>" if len(shown) > 1 else text


def cut(text: str, units: int) -> str:
    """Shorten the text to so many UTF-16 code units, which is how Telegram counts."""
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * units:
        return text
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore").rstrip() + ELLIPSIS
