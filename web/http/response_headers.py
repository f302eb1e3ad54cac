"""What every answer says to browsers, whoever made it: pages, the API, files, errors, and what never got that far.

OWASP's HTTP Headers Cheat Sheet and REST Security Cheat Sheet were followed. What has a policy of its own keeps it.
Cookies of an https address are called `__Host-…` (RFC 6265bis, section 4.1.3.2), so that no other host and no plain
connection can set them; the name wants Secure and the path `/`, and browsers keep none such of http.
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


def cookie_name(name: str, *, https: bool) -> str:
    """Return what the cookie is called on the wire."""
    return f"__Host-{name}" if https else name


def cookie_path(path: str, *, https: bool) -> str:
    """Return to which paths the cookie goes: to these alone where its name leaves the choice."""
    return "/" if https else path
