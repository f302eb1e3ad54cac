"""Passwords: argon2id, with the parameters that RFC 9106 recommends where memory is scarce.

Each takes 64 MiB and all cores for a moment. A process makes two at once, and lets four wait: sixty people who sign
in together must not take its memory, nor all the threads that complaints come in by.

A password is the same however a keyboard composes its letters (RFC 8265, OpaqueString).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from complaints.errors import Busy
from complaints.texts.kept_form import as_password

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
        return _hasher.hash(as_password(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether the password matches; takes as long where there is no hash to match. Raises `Busy`.

    Hashes were once made of passwords as they were typed: such a one is good as it is typed, too.
    """
    with _in_turn():
        forms = dict.fromkeys((as_password(password), password))
        return any(_matches(stored or _decoy(), form) for form in forms) and stored is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


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
