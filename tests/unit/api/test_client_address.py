"""Addresses as proxies and kernels write them."""

import pytest

from web.http.client_address import is_loopback, limit_key, parse_address


def key(written: str) -> str:
    return limit_key(parse_address(written))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:50312", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        (None, None),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.256", None),
        ("192.0.2.1:port", None),
    ],
)
def test_an_address_has_one_plain_form(written: str | None, meant: str | None) -> None:
    found = parse_address(written)
    assert (None if found is None else str(found)) == meant


def test_limits_count_a_network_of_ipv6_as_one_client() -> None:
    assert key("2001:db8:1:2:3::4") == key("[2001:db8:1:2:ffff::]:1") == "2001:db8:1:2::/64"
    assert key("2001:db8:1:3::4") != key("2001:db8:1:2::4")
    assert key("::ffff:192.0.2.1") == "192.0.2.1"
    assert key("nonsense") == ""


@pytest.mark.parametrize(
    ("written", "here"),
    [("127.0.0.1", True), ("127.9.9.9:80", True), ("::1", True), ("192.0.2.1", False), ("", False)],
)
def test_this_machine_is_known(written: str, here: bool) -> None:
    assert is_loopback(written) is here
