"""Identifiers: UUIDv7 for rows, spoken references for people, random secrets for machines."""

import hashlib
import re
import secrets
from unicodedata import normalize
from uuid import UUID

import uuid_utils.compat

GAPS = re.compile(r"[\s\u2010-\u2015\u2212-]")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LETTERS = "RD"
REFERENCE_PREFIX = f"{REFERENCE_LETTERS}-"
REFERENCE_LENGTH = 8
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique, and ordered by the millisecond of its making."""
    return uuid_utils.compat.uuid7()


def new_reference() -> str:
    """Return `RD-` and 8 random characters of Crockford base 32 (1.1e12 values; may collide)."""
    return REFERENCE_PREFIX + "".join(secrets.choice(CROCKFORD) for _ in range(REFERENCE_LENGTH))


def normalise_reference(text: str) -> str | None:
    """Return the reference that a person meant by `text`, or None where it can't be one.

    Case, spaces and hyphens don't count, and O, I and L are read as 0, 1 and 1, as Crockford's base 32 has it.
    """
    typed = GAPS.sub("", normalize("NFKC", text)).upper()
    if not typed.startswith(REFERENCE_LETTERS):
        return None
    body = typed.removeprefix(REFERENCE_LETTERS).translate(LOOKALIKES)
    if len(body) != REFERENCE_LENGTH or not set(body) <= set(CROCKFORD):
        return None
    return REFERENCE_PREFIX + body


def parse_id(text: str) -> UUID | None:
    """Return the UUID written in `text`, or None where it isn't one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def new_secret(nbytes: int = 32) -> str:
    """Return a URL-safe random secret of `nbytes` bytes of entropy."""
    return secrets.token_urlsafe(nbytes)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret in hex: what is stored in place of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
