"""Where a request comes from: one reading of addresses for limits, sessions and what only this machine may read.

Proxies write addresses as they like: with a port, in brackets, IPv4 in IPv6's clothes. Whoever has one IPv6
address has 2^64 of them, so that limits count by their network (RFC 6177).
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

IPV4_WITH_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
IN_BRACKETS = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
NETWORK_BITS = 64
UNKNOWN = ""

Address = IPv4Address | IPv6Address


def client_address() -> str:
    """Return the client's address in its plain form; empty where there is none (a Unix socket)."""
    address = parse_address(request.remote_addr)
    return UNKNOWN if address is None else str(address)


def limited_address() -> str:
    """Return what limits by address count: the address, or of IPv6 its /64 network; empty where there is none."""
    return limit_key(request.remote_addr)


def peer_address() -> str | None:
    """Return who connected, before any header of a proxy was believed."""
    before: dict[str, str] = request.environ.get("werkzeug.proxy_fix.orig", {})
    return before.get("REMOTE_ADDR") or request.environ.get("REMOTE_ADDR")


def limit_key(text: str | None) -> str:
    """Return what limits by address count of the address that this text means."""
    address = parse_address(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, NETWORK_BITS), strict=False))
    return UNKNOWN if address is None else str(address)


def is_loopback(text: str | None) -> bool:
    """Say whether the text is an address of this machine itself."""
    address = parse_address(text)
    return address is not None and address.is_loopback


def parse_address(text: str | None) -> Address | None:
    """Return the address that the text means, IPv4 as such; None where it means none."""
    plain = (text or "").strip()
    found = IPV4_WITH_PORT.fullmatch(plain) or IN_BRACKETS.fullmatch(plain)
    try:
        address = ip_address((found[1] if found else plain).partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
