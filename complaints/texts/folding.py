"""Two texts that people would call the same: whatever the case, the width, the spaces and the typist's keyboard."""

import re
from functools import lru_cache
from unicodedata import normalize

from complaints.texts.kept_form import as_line

_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
_DOTTED_I = re.compile("i\u0307|\u0131")  # what becomes of the Turkish I's
_TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    }
)

NAMES_KEPT = 4096
NAME_MAXIMUM = 400  # an index of PostgreSQL takes no longer ones


@lru_cache(NAMES_KEPT)
def fold_name(name: str) -> str:
    """Return the key by which a name is known again, however it was typed."""
    return fold(name)[:NAME_MAXIMUM]


def fold(text: str) -> str:
    """Return what is the same for texts that differ only in how they were typed; on one line.

    Case is folded in every script and compatible forms are one (UAX #15, NFKC): `Ｈａｌｌ　２` is `hall 2`.
    """
    if text.isascii():
        return as_line(text).casefold()
    shown = _IGNORED.sub("", as_line(text).translate(_TYPED))
    once = normalize("NFKC", normalize("NFKC", shown).casefold())
    return as_line(_DOTTED_I.sub("i", once.translate(_TYPED)))
