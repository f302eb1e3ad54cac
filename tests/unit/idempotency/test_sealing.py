"""Sealed bytes tell nothing, and open with the keys that are good."""

import pytest

from web.idempotency.sealing import SealBroken, seal, unseal

FIRST, SECOND, THIRD = ("a" * 32, "b" * 32, "c" * 32)
SAID = b'{"key": "rd_x_secret"}'


def test_what_was_sealed_comes_out_again() -> None:
    sealed = seal(SAID, [FIRST])
    assert b"secret" not in sealed
    assert unseal(sealed, [FIRST]) == SAID
    assert unseal(sealed, [SECOND, FIRST]) == SAID


def test_the_first_key_seals() -> None:
    assert unseal(seal(SAID, [SECOND, FIRST]), [SECOND]) == SAID


def test_whatever_else_is_refused() -> None:
    sealed = seal(SAID, [FIRST])
    changed = sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]
    for odd, keys in ((sealed, [SECOND, THIRD]), (changed, [FIRST]), (b"", [FIRST]), (SAID, [FIRST])):
        with pytest.raises(SealBroken):
            unseal(odd, keys)
