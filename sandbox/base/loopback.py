"""What counts as this machine."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine by loopback, without asking any resolver."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
