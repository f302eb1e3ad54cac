"""Where a request comes from: one reading of addresses for limits, sessions and what only this machine may read.

Proxies write addresses as they like: with a port, in brackets, IPv4 in IPv6's clothes. Whoever has one IPv6
address has 2^64 of them, so that limits count by their network (RFC 6177).
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

from web.http.app_services import services

IPV4_WITH_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
IN_BRACKETS = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
NETWORK_BITS = 64
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: all of IPv4, each client an address of its own
IPV4_BITS = 0xFFFF_FFFF
UNKNOWN = ""

Address = IPv4Address | IPv6Address


def client_address() -> str:
    """Return the client's address in its plain form; empty where there is none (a Unix socket)."""
    address = _parse_client()
    return UNKNOWN if address is None else str(address)


def limited_address() -> str:
    """Return what limits by address count: the address, or of IPv6 its /64 network; empty where there is none."""
    return limit_key(_parse_client())


def peer_address() -> str | None:
    """Return who connected, whatever proxies say."""
    return request.remote_addr


def limit_key(address: Address | None) -> str:
    """Return what limits by address count of this address."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, NETWORK_BITS), strict=False))
    return UNKNOWN if address is None else str(address)


def is_loopback(text: str | None) -> bool:
    """Say whether the text is an address of this machine itself."""
    address = parse_address(text)
    return address is not None and address.is_loopback


def parse_address(text: str | None) -> Address | None:
    """Return the address that the text means, IPv4 as such; None where it means none."""
    plain = (text or "").strip(' \t"')
    found = IPV4_WITH_PORT.fullmatch(plain) or IN_BRACKETS.fullmatch(plain)
    try:
        address = ip_address((found[1] if found else plain).partition("%")[0])
    except ValueError:
        return None
    return _without_wrapping(address) if isinstance(address, IPv6Address) else address


def _without_wrapping(address: IPv6Address) -> Address:
    if address in NAT64:
        return IPv4Address(int(address) & IPV4_BITS)
    return address.ipv4_mapped or address


def _parse_client() -> Address | None:
    """Return what the outermost proxy that is believed has seen; who connected, where that says no address.

    The header is cut at every comma: a quote that a client has opened hides nothing of what proxies add.
    """
    hops = services().settings.trusted_proxies
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    forwarded = seen[-hops] if 0 < hops <= len(seen) else None
    return parse_address(forwarded) or parse_address(request.remote_addr)
