"""Passwords: argon2id, with the parameters that RFC 9106 recommends where memory is scarce.

Each takes 64 MiB and all cores for a moment. A process makes two at once, and lets four wait: sixty people who sign
in together must not take its memory, nor all the threads that complaints come in by.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from complaints.errors import Busy

PASSWORD_MAXIMUM = 1024
AT_ONCE = 2
WAITING = 4
RETRY_AFTER_SECONDS = 1
_hasher = PasswordHasher()
_places = threading.BoundedSemaphore(AT_ONCE + WAITING)
_turns = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters; raises `Busy`."""
    with _in_turn():
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether the password matches; takes as long where there is no hash to match. Raises `Busy`."""
    try:
        with _in_turn():
            _hasher.verify(stored or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Busy("Many sign in at this moment. Try again.", RETRY_AFTER_SECONDS)
    try:
        with _turns:
            yield
    finally:
        _places.release()


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")
