"""The way to Telegram through a proxy that the environment names: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY.

httpx reads them. A Telegram on this machine (the sandbox, a Bot API server of one's own) is reached without one. A
variable that can't be read closes the way: to go past a proxy that somebody wanted would be worse.
"""

from urllib.request import getproxies

import httpx

from complaints.setting_values import is_loopback_url

VARIABLES = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY", "all": "ALL_PROXY"}
KNOWN = "http, https, socks5 or socks5h"


class ClosedWay(httpx.AsyncBaseTransport):
    """A transport that reaches nobody, and says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raise httpx' error for a connection that could not be made."""
        raise httpx.ConnectError(self._reason, request=request)


def goes_through_proxy(api_url: str) -> bool:
    """Say whether the environment's proxies count for this base of the Bot API."""
    return not is_loopback_url(api_url)


def unusable_proxy() -> str | None:
    """Return which of the environment's proxies can't be used, by the variable's name: its value may be secret."""
    found = getproxies()
    for scheme, variable in VARIABLES.items():
        value = found.get(scheme)
        if value and not _is_proxy(value):
            return f"{variable} is no proxy that can be used: it wants a URL with {KNOWN}"
    try:
        httpx.AsyncClient(verify=False)  # noqa: S501 - made to see whether it can be, and never used
    except (ValueError, httpx.InvalidURL):
        return "NO_PROXY can't be read: it wants names of hosts, separated by commas"
    return None


def _is_proxy(value: str) -> bool:
    try:
        return bool(httpx.Proxy(value if "://" in value else f"http://{value}").url.host)
    except (ValueError, httpx.InvalidURL):
        return False
