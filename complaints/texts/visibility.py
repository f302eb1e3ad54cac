"""Whether anything of a text can be seen."""

import re
from unicodedata import category

UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Mc", "Me")
"""Unicode's categories of controls, formats and spaces, and of marks, which show on letters alone."""
BLANKS = re.compile(
    "[\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\ufffe\uffff\U0001d159\U000e0000-\U000e0fff]"
)
"""Fillers and empty signs that count as letters and symbols, and what is left out wherever a font lacks it."""


def can_be_seen(text: str) -> bool:
    """Say whether somebody who looks at the text sees anything."""
    return any(category(letter) not in UNSEEN for letter in BLANKS.sub("", text))
