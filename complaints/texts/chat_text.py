"""How a text from outside stands in a message: on one line, within its own direction, and nothing to tap.

Telegram makes links of commands, mentions, tags and addresses in any text, also in one with markup. Where one would
begin there is a word joiner (U+2060), which nobody sees, and which belongs to none of them (TDLib,
`MessageEntity.cpp`).
"""

import html
import re
from unicodedata import bidirectional

from complaints.texts.kept_form import as_line

_WORD_JOINER = "\u2060"
_ISOLATE, _END = "\u2068", "\u2069"  # FSI and PDI (UAX #9)
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_TAPPABLE = re.compile(
    r"(?<![A-Za-z0-9])/(?=\w)"  # a command
    r"|[@＠#＃$](?=\S)"  # a mention, an e-mail address, a hashtag (which may begin with `·`), a cashtag
    r"|:(?=//)"  # an address with its scheme
    r"|\.(?=[^\W\d])|(?<=\d)\.(?=\d+\.\d)"  # a host, by name or by number
)


def as_said(text: str) -> str:
    """Return the text on one line for a message without markup."""
    return isolated(_TAPPABLE.sub(lambda found: found.group() + _WORD_JOINER, as_line(text)))


def isolated(line: str) -> str:
    """Return the line so that it turns nothing beside it: within an isolate if it has letters that might."""
    turns = any(bidirectional(letter) in _RIGHT_TO_LEFT for letter in line)
    return f"{_ISOLATE}{line}{_END}" if turns else line


def as_html(text: str) -> str:
    """Return the text on one line for Telegram's HTML."""
    return html.escape(as_said(text), quote=False)
