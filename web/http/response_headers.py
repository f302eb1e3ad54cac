"""What every answer says to browsers, whoever made it: pages, the API, files, errors, and what never got that far.

OWASP's HTTP Headers Cheat Sheet and REST Security Cheat Sheet were followed. What has a policy of its own keeps it.
"""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
"""A year. Without the host's subdomains: they may be somebody else's."""


def cautious_headers(*, https: bool) -> dict[str, str]:
    """Return the headers; `https` says whether the deployment's address is one of https."""
    return {**HEADERS, **HTTPS_HEADERS} if https else HEADERS
