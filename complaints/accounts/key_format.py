"""What an API key looks like: `rd_NAME_SECRET`, the last six characters of which are a checksum of all before them.

By it a scanner of secrets knows a key from any other text, and what was mistyped or cut off is known without asking
the database. As GitHub's tokens have it: CRC-32 in base 62. Keys from before have a name of eight characters and
no checksum: they stay good.
"""

import re
import secrets
import string
from zlib import crc32

BASE_62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
NAME_LENGTH = 10
SECRET_LENGTH = 36
CHECKSUM_LENGTH = 6
CHECKED = re.compile(
    rf"(?P<said>(?P<prefix>rd_[0-9A-Za-z]{{{NAME_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}})"
    rf"(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
UNCHECKED = re.compile(r"(?P<prefix>rd_[A-Za-z0-9-]{8})_[A-Za-z0-9_-]{43}")


def new_key() -> tuple[str, str]:
    """Return the public prefix of a new key, and the key: 214 random bits, and the checksum."""
    prefix = f"rd_{_random(NAME_LENGTH)}"
    said = f"{prefix}_{_random(SECRET_LENGTH)}"
    return prefix, said + checksum(said)


def prefix_of(key: str) -> str | None:
    """Return the prefix by which the key is found; None for a text that can't be one."""
    found = CHECKED.fullmatch(key)
    if found is not None:
        return found["prefix"] if checksum(found["said"]) == found["checksum"] else None
    older = UNCHECKED.fullmatch(key)
    return older and older["prefix"]


def checksum(said: str) -> str:
    """Return the six characters that follow the text."""
    number, digits = crc32(said.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(BASE_62))
        digits = BASE_62[digit] + digits
    return digits


def _random(length: int) -> str:
    return "".join(secrets.choice(BASE_62) for _ in range(length))
