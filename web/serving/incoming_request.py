"""A connection's incoming bytes, until they are a whole request. gunicorn's parser reads the head; nothing waits.

Where the head ends is looked for here only to know when to ask it: what it says holds.
"""

from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import (
    LimitRequestHeaders,
    NoMoreData,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from web.http.request_hooks import MAXIMUM_BODY_BYTES, body_maximum_bytes
from web.serving.request_body import ChunkedBody, RequestBody, SizedBody, as_file
from web.serving.request_refusals import BodyCompressed

HEAD_MAXIMUM_BYTES = 64 * 1024
LINE_END = b"\r\n"
HEAD_END = LINE_END + LINE_END
COMPRESSING = ("gzip", "compress", "deflate", "x-gzip", "x-compress", "br", "zstd")
"""Transfer codings by which a body is smaller than it is meant (RFC 9112, 7.2, and what is in use beside)."""


class IncomingRequest:
    """What came and was not asked for yet: `feed` it, `take` whole requests out of it."""

    def __init__(self, cfg: Any, client: Any) -> None:
        self._cfg, self._client = cfg, client
        self._bytes = bytearray()
        self._looked = 0
        self._head: Request | None = None
        self._body: RequestBody = SizedBody(0)
        self._count = 0

    @property
    def begun(self) -> bool:
        """Whether a request has begun that is not whole."""
        return self._head is not None or bool(self._bytes)

    @property
    def more_than_usual_bytes(self) -> int:
        """How much of a body came beyond what most may have: it takes its time."""
        return max(0, len(self._body.content) - MAXIMUM_BODY_BYTES)

    @property
    def held_bytes(self) -> int:
        """How much memory the client's bytes take, or room in files."""
        return len(self._bytes) + len(self._body.content)

    def feed(self, data: bytes) -> None:
        """Add what came."""
        self._bytes += data

    def offered_request_id(self) -> str:
        """Return what the request that has begun offers for an id; empty where it says none, or not yet."""
        return "" if self._head is None else offered_request_id(self._head)

    def wants_leave(self) -> bool:
        """Say, once, whether the client waits to be told to send the body (RFC 9110, section 10.1.1)."""
        wanted = self._head is not None and self._head._expected_100_continue
        if wanted:
            self._never_ask_again()
        return wanted

    def take(self) -> Request | None:
        """Return the next request if it is wholly there, its body as a file of known length.

        Raises one of gunicorn's parse errors or of ours, after which nothing else can be read here.
        """
        if self._head is None:
            self._head = self._read_head()
            if self._head is not None:
                self._body = _body_of(self._head)
        if self._head is None or not self._body.take(self._bytes):
            return None
        self._never_ask_again()
        request, self._head = self._head, None
        request.body = as_file(self._body.content)
        request.headers = _with_known_length(request.headers, len(self._body.content))
        self._body = SizedBody(0)
        return request

    def _read_head(self) -> Request | None:
        if self._count and self._bytes.startswith(LINE_END):  # some send one after a body (RFC 9112, 2.2)
            del self._bytes[: len(LINE_END)]
            self._looked = 0
        end = self._bytes.find(HEAD_END, max(0, self._looked - len(HEAD_END)))
        if end < 0 and not self._is_hopeless():
            self._looked = len(self._bytes)
            if self._looked > HEAD_MAXIMUM_BYTES:
                raise LimitRequestHeaders("the head")
            return None
        size = len(self._bytes) if end < 0 else end + len(HEAD_END)
        head = self._parse(bytes(self._bytes[:size]))
        del self._bytes[:size]
        self._looked = 0
        return head

    def _is_hopeless(self) -> bool:
        """Say whether gunicorn's parser refuses what is there already, whatever follows."""
        line_end = self._bytes.find(LINE_END, 2)
        too_long = (len(self._bytes) if line_end < 0 else line_end) > self._cfg.limit_request_line + 4
        return too_long or self._bytes.count(b"\n", self._looked) > self._bytes.count(
            LINE_END, max(0, self._looked - 1)
        )

    def _parse(self, head: bytes) -> Request:
        self._count += 1
        try:
            return Request(self._cfg, IterUnreader([head]), self._client, self._count)
        except (NoMoreData, StopIteration):
            raise ParseException from None
        except UnsupportedTransferCoding as error:
            raise BodyCompressed if _compresses(str(error.hdr)) else error from None

    def _never_ask_again(self) -> None:
        """gunicorn would ask for the body when it hands the request on, though it is there."""
        if self._head is not None:
            self._head._expected_100_continue = False


def offered_request_id(request: Request) -> str:
    """Return what the request offers for an id; empty where it says none."""
    return next((value for name, value in request.headers if name == "X-REQUEST-ID"), "")


def _body_of(head: Request) -> RequestBody:
    """Return what takes in the body of the request; its framing is gunicorn's verdict."""
    if any(name == "TRANSFER-ENCODING" and _compresses(value) for name, value in head.headers):
        raise BodyCompressed
    maximum = body_maximum_bytes(head.method, head.path)
    if isinstance(head.body.reader, ChunkedReader):
        return ChunkedBody(maximum)
    return SizedBody(head.body.reader.length, maximum)


def _compresses(codings: str) -> bool:
    return any(coding.strip(" \t").lower() in COMPRESSING for coding in codings.split(","))


def _with_known_length(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """Return the headers as RFC 9112, section 7.1.3, wants them of who has decoded the chunks."""
    if not any(name == "TRANSFER-ENCODING" for name, _ in headers):
        return headers
    return [
        *(one for one in headers if one[0] not in ("TRANSFER-ENCODING", "TRAILER")),
        ("CONTENT-LENGTH", str(length)),
    ]
