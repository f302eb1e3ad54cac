"""The form in which texts are kept: NFC (UAX #15), without what forges a line, hides, or turns what is beside it.

Telegram's names and titles take it as well as what comes by the API. To take it twice changes nothing.
"""

import re
from unicodedata import category, normalize

MARKS_MAXIMUM = 6
"""How many marks may stand on one letter: no script wants more, and a tower of them leaves its line."""

_TAGS = "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"  # without the flag that wants them
_SPACES = re.compile("[\\s\u2800\u3164\uffa0]")  # also the blanks that count as letters and symbols
_LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    f"|{_TAGS}"
)
_MARKS = ("Mn", "Me")


def as_line(text: str) -> str:
    """Return the text on one line: each run of white space is one space; controls and hidden formats are gone."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = _HIDDEN.sub("", _SPACES.sub(" ", text))
    return without_towers(normalize("NFC", " ".join(shown.split())))


def as_prose(text: str) -> str:
    """Return the text as it was written, trimmed; it may have lines."""
    return normalize("NFC", text).strip()


def lines_of(text: str) -> list[str]:
    """Return the lines of prose, whatever breaks them, as they may be shown: each is `as_line` but may be empty."""
    return [as_line(line) for line in _LINE_BREAKS.split(text)]


def as_password(text: str) -> str:
    """Return the password as it is hashed: NFC, with plain spaces (RFC 8265, OpaqueString)."""
    spaces = "".join(" " if category(letter) == "Zs" else letter for letter in text)
    return normalize("NFC", spaces)


def without_towers(text: str) -> str:
    """Return the text with at most `MARKS_MAXIMUM` marks on a letter."""
    if text.isascii():
        return text
    kept, height = [], 0
    for letter in text:
        height = height + 1 if category(letter) in _MARKS else 0
        if height <= MARKS_MAXIMUM:
            kept.append(letter)
    return "".join(kept)
