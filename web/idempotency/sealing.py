"""Bytes that only a process with our key can read, or can have written: Fernet, with a key of its own by HKDF.

Who has the database alone, or a copy of it, has neither.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"redress: the answer of an idempotency record"
KEY_BYTES = 32


class SealBroken(Exception):
    """Sealed with none of these keys, or changed since."""


def seal(plain: bytes, keys: Iterable[str]) -> bytes:
    """Return the bytes sealed with the first key."""
    return _fernet(keys).encrypt(plain)


def unseal(sealed: bytes, keys: Iterable[str]) -> bytes:
    """Return what was sealed with any of the keys; raises `SealBroken`."""
    try:
        return _fernet(keys).decrypt(sealed)
    except InvalidToken:
        raise SealBroken from None


def _fernet(keys: Iterable[str]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derive(key))) for key in keys])


def _derive(key: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(key.encode())
