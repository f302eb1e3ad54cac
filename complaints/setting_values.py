"""Values of the environment: what each may be, and the one form that it is kept in. They raise ValueError."""

import re
import zlib
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import IPv6Address, ip_address
from itertools import pairwise
from socket import inet_aton
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

import idna
from email_validator import EmailNotValidError, validate_email

SCHEME_PORTS = {"http": 80, "https": 443}
SMTP_PORTS = {"smtp": 587, "smtps": 465}
LABEL = re.compile(r"[a-z0-9_-]{1,63}")
NOT_IN_A_URL = re.compile(r"[\s\x00-\x20\x7f?#\\]")
COMMON = (
    "admin",
    "asdfghjkl",
    "change",
    "default",
    "dragon",
    "example",
    "football",
    "here",
    "iloveyou",
    "jwt",
    "key",
    "letmein",
    "monkey",
    "password",
    "please",
    "qwerty",
    "redress",
    "secret",
    "signing",
    "super",
    "token",
    "uiop",
    "webhook",
    "welcome",
    "your",
    "zxcvbnm",
)
LEET = str.maketrans("@4301!$57", "aaeoiisst")
COMMON_SHARE = 0.5
"""A secret of which common words are so much is no better than they."""
LEAST_DIFFERENT = 6
ZLIB_BYTES = 8  # what it adds to anything


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` things in any window of `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Who takes our mail. `tls` from the first byte, else where it is offered."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)


def parse_smtp_url(url: str) -> SmtpServer:
    """Return the server that `smtp[s]://user:password@host:port` names."""
    parts = urlsplit(check_port(url))
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("wants smtp://user:password@host:port, or smtps://…")
    user, password = parts.username and unquote(parts.username), parts.password and unquote(parts.password)
    if bool(user) != bool(password):
        raise ValueError("wants both a user and a password, or neither")
    port = parts.port or SMTP_PORTS[parts.scheme]
    return SmtpServer(parts.hostname, port, parts.scheme == "smtps", user or None, password or None)


def parse_sender(text: str) -> Address:
    """Return who mails are from, of `Redress <redress@example.org>` or the address alone."""
    name, address = parseaddr(text if text.isprintable() else "")
    try:
        found = validate_email(address, check_deliverability=False)
        return Address(name, addr_spec=f"{found.ascii_local_part or ''}@{found.ascii_domain}")
    except (EmailNotValidError, HeaderParseError, ValueError, IndexError):
        raise ValueError("wants an address such as Redress <redress@example.org>") from None


def check_smtp_url(url: str) -> str:
    """Return the URL if it names a mail server."""
    parse_smtp_url(url)
    return url


def check_store_url(url: str) -> str:
    """Return the URL without a slash at its end if it names a folder of this machine, or a place in a bucket."""
    parts = urlsplit(url)
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.strip("/")
    is_bucket = parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc
    if not (is_folder or is_bucket) or parts.query or parts.fragment:
        raise ValueError("wants file:///path/of/a/folder or s3://bucket/prefix")
    return url.rstrip("/")


def check_sender(text: str) -> str:
    """Return the text if it names a sender."""
    parse_sender(text)
    return text


def parse_rate(value: Any) -> Any:
    """Turn `10/60` into `Rate(10, 60.0)`."""
    if not isinstance(value, str):
        return value
    count, slash, seconds = value.partition("/")
    if not slash:
        raise ValueError("wants COUNT/SECONDS, for example 10/60")
    rate = Rate(int(count), float(seconds))
    if rate.count < 1 or not 0 < rate.seconds < float("inf"):
        raise ValueError("wants a count of 1 or more and seconds above 0")
    return rate


def split_commas(value: Any) -> Any:
    """Turn `a, b` into `("a", "b")`."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)


def origin_of(url: str) -> str:
    """Return scheme://host[:port] of a URL as a browser writes it in `Origin`: a name of other letters in ASCII."""
    parts = urlsplit(url)
    host = host_of(parts.hostname or "")
    if parts.port is None or SCHEME_PORTS.get(parts.scheme) == parts.port:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def host_of(name: str) -> str:
    """Return the host's name as it stands in a URL that browsers send (UTS 46), an IPv6 address in brackets."""
    if ":" in name and "%" not in name:
        return f"[{ip_address(name)}]"
    try:
        host = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        host = ""
    if not all(map(LABEL.fullmatch, host.removesuffix(".").split("."))):
        raise ValueError("names a host that there can't be")
    return host


def check_port(url: str) -> str:
    """Return the URL whose port is one."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("names a port that is none") from None
    return url


def parse_http_url(value: str, *, path: bool) -> str:
    """Return the URL without a slash at its end; with nothing after its host unless a path is fine.

    It stands in messages as it is: what `urlsplit` passes over (a line break, an empty query) is refused.
    """
    parts = urlsplit(value)
    if parts.scheme not in SCHEME_PORTS or not parts.hostname:
        raise ValueError("wants an http:// or https:// URL")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("wants a URL without a query, a fragment or a user")
    if NOT_IN_A_URL.search(value):
        raise ValueError(
            "wants a URL without spaces, line breaks and backslashes, and with nothing at its end"
        )
    if not path and parts.path.strip("/"):
        raise ValueError("wants no path: pages and API stand at the root of their host")
    check_port(value)
    host_of(parts.hostname)
    return value.rstrip("/")


def with_driver(url: str) -> str:
    """Return the SQLAlchemy URL for `url`, with psycopg 3 as PostgreSQL's driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def is_guessable(secret: str, *, least_bytes: int = 0) -> bool:
    """Say whether a secret is a word that many choose, a number or a row of letters, or has too few bytes.

    They are counted once nothing is repeated.
    """
    plain = normalize("NFKC", secret).casefold()
    packed = len(zlib.compress(plain.encode(), 9)) - ZLIB_BYTES
    words = max(_share_of_words(plain), _share_of_words(plain.translate(LEET)))
    in_row = sum(abs(ord(second) - ord(first)) < 2 for first, second in pairwise(plain))
    is_common = plain.isdigit() or words >= COMMON_SHARE or in_row > COMMON_SHARE * len(plain)
    return is_common or len(set(plain)) < LEAST_DIFFERENT or packed < least_bytes


def _share_of_words(plain: str) -> float:
    return sum(plain.count(word) * len(word) for word in COMMON) / max(1, len(plain))


def is_loopback_url(url: str) -> bool:
    """Say whether the URL leads to this machine itself."""
    return leads_here(urlsplit(url).hostname or "")


def leads_here(host: str) -> bool:
    """Say whether the name or address of a host is this machine's own, in whatever way it is written."""
    plain = host.lower().removesuffix(".")
    try:
        address = ip_address(plain)
    except ValueError:
        try:
            address = ip_address(inet_aton(plain))
        except (OSError, UnicodeError):
            return plain == "localhost" or plain.endswith(".localhost")
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified
