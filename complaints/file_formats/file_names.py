"""What a file is called here: the end of whatever path was said, on one line, ending as what it is does."""

import re

from complaints.file_formats.recognition import FORMATS
from complaints.texts.kept_form import as_line
from complaints.texts.visibility import can_be_seen

NAME_MAXIMUM = 200
ENDING_MAXIMUM = 10
NAMELESS = "file"
SEPARATORS = re.compile(r"[/\\]")


def kept_name(said: str, content_type: str) -> str:
    """Return the name to keep: nobody opens as a page or a program what is called like a text or a picture."""
    name = as_line(SEPARATORS.split(said)[-1]).strip(". ")
    name = name if can_be_seen(name) else NAMELESS
    endings = FORMATS[content_type].endings
    if name.lower().endswith(endings):
        stem, dot, ending = name.rpartition(".")
        return stem[: NAME_MAXIMUM - ENDING_MAXIMUM] + dot + ending
    return name[: NAME_MAXIMUM - ENDING_MAXIMUM] + endings[0]
