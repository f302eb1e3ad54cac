"""What an API key looks like, and what is known of one without asking anybody."""

import re

import pytest

from complaints.accounts.key_format import BASE_62, checksum, new_key, prefix_of

SCANNED_FOR = re.compile(r"\brd_[0-9A-Za-z]{10}_[0-9A-Za-z]{42}\b")
CHECK_VALUE = 0xCBF43926
"""The CRC-32 of `123456789`."""


def test_a_key_has_its_checksum_and_a_scanner_finds_it() -> None:
    prefix, key = new_key()
    assert SCANNED_FOR.search(f"curl -H 'X-API-Key: {key}' https://example.org")
    assert key.startswith(prefix + "_")
    assert key.endswith(checksum(key[:-6]))
    assert prefix_of(key) == prefix
    assert new_key() != new_key()


def test_the_checksum_is_crc_32_in_base_62() -> None:
    number = 0
    for digit in checksum("123456789"):
        number = number * 62 + BASE_62.index(digit)
    assert number == CHECK_VALUE
    assert checksum("") == "000000"


@pytest.mark.parametrize("place", [0, 3, 8, 13, 14, 30, 50, 55])
def test_one_character_that_is_another_makes_no_key(place: int) -> None:
    _, key = new_key()
    other = "x" if key[place] != "x" else "y"
    assert prefix_of(key[:place] + other + key[place + 1 :]) is None


def test_what_was_cut_off_or_added_to_is_no_key() -> None:
    _, key = new_key()
    for wrong in ("", "rd_", key[:-1], key + "0", key + "\n", " " + key, key.upper(), "é" * 56):
        assert prefix_of(wrong) is None


def test_a_key_from_before_has_no_checksum_and_stays_good() -> None:
    assert prefix_of("rd_a-B3x9Zq_" + "s-_" * 14 + "s") == "rd_a-B3x9Zq"
    for wrong in ("rd_a-B3x9Zq_" + "s" * 42, "rd_a-B3x9Z_" + "s" * 43, "rd_a_B3x9Zq_" + "s" * 43):
        assert prefix_of(wrong) is None
