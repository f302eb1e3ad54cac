"""A client of Redress in one file: copy it beside your program. It needs Python 3.11 and httpx.

    redress = Redress("https://complaints.example.org", key="rd_…")
    complaint = redress.submit("The lift is stuck again", severity="high", site="North hall")
    for event in redress.follow():
        print(event["seq"], event["name"], event["data"]["reference"])

What fails for a moment is tried again for `patience_seconds`, as late as `Retry-After` says: reads always; what
creates under an `Idempotency-Key`, so that it is created once; anything else only where it can't have been done.
Whatever is refused for good raises `Problem`, with the `code` that https://…/problems explains.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, NotRequired, Self, TypedDict, cast

import httpx

API = "/api/v1"
READS = ("GET", "HEAD")
LATER = (429, 502, 503, 504)
UNTRIED = ("throttled", "busy", "idempotency_running")
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 8.0


class Brief(TypedDict):
    """Somebody, by id and name."""

    id: str
    name: str


class Complaint(TypedDict):
    """A complaint; an event's has no reporter."""

    id: str
    reference: str
    subject: str | None
    description: str
    category: str
    severity: str
    site: str | None
    location: str | None
    position: dict[str, float] | None
    reporter: NotRequired[dict[str, Any] | None]
    source: str | None
    external_id: str | None
    extra: dict[str, Any]
    status: str
    assignee: Brief | None
    duplicate_of: str | None
    version: int
    ack_due_at: str | None
    resolve_due_at: str | None
    acknowledged_at: str | None
    resolved_at: str | None
    created_at: str
    updated_at: str


class Event(TypedDict):
    """What happened to a complaint; of one that you can't see any more `data` has id, reference and version."""

    seq: int
    name: str
    occurred_at: str
    actor: dict[str, Any]
    data: Complaint
    changes: dict[str, Any]


class Problem(Exception):
    """The API refused (RFC 9457). `body` is the whole document, `current` or `allowed` in it where it has them."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.body = _object_in(response)
        self.code = str(self.body.get("code", ""))
        self.errors: list[dict[str, str]] = self.body.get("errors", [])
        self.request_id = response.headers.get("X-Request-ID")
        self.retry_after_seconds = _seconds(response.headers.get("Retry-After"))
        detail = self.body.get("detail") or response.text[:200]
        super().__init__(f"{self.status} {self.code or response.reason_phrase}: {detail}")


class ListAgain(Exception):
    """The feed can't tell what came between: read the list again. The feed goes on after it if it is read on."""


class Redress:
    """One deployment, called with a key or as an operator. Not for several threads at once."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        patience_seconds: float = 60.0,
        timeout_seconds: float = 15.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        headers = {} if key is None else {"X-API-Key": key}
        self.http = httpx.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=timeout_seconds, transport=transport
        )
        self._patience_seconds = patience_seconds
        self._sleep = sleep
        self._refresh_token: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """Call as this operator from now on; return who it is. The token is refreshed when its time is over."""
        answer = self.call("POST", "/auth/login", {"email": email, "password": password})
        self._take(answer)
        return cast(dict[str, Any], answer["operator"])

    def sign_out(self) -> None:
        """Close the operator's session."""
        self.call("POST", "/auth/logout")

    def submit(self, description: str, *, idempotency_key: str | None = None, **fields: Any) -> Complaint:
        """Submit a complaint. A key of your own makes it one complaint even where your program is started again."""
        form = {"description": description, **fields}
        return cast(Complaint, self.create("/complaints", form, idempotency_key=idempotency_key))

    def complaint(self, name: str) -> Complaint:
        """Return the complaint with this id or reference."""
        return cast(Complaint, self.call("GET", f"/complaints/{name}"))

    def complaints(self, **filters: Any) -> Iterator[Complaint]:
        """Yield the complaints of the filters, page by page as they are wanted."""
        return cast(Iterator[Complaint], self.items("/complaints", **filters))

    def correct(self, complaint: Complaint, **fields: Any) -> Complaint:
        """Change fields of the complaint as it was read; `Problem` `stale_version` where it is otherwise now."""
        headers = {"If-Match": f'"{complaint["version"]}"'}
        return cast(Complaint, self.call("PATCH", f"/complaints/{complaint['id']}", fields, headers=headers))

    def change_status(self, name: str, status: str, **more: Any) -> Complaint:
        """Change the status; `reason`, and `duplicate_of` for a duplicate."""
        return cast(Complaint, self.call("POST", f"/complaints/{name}/status", {"status": status, **more}))

    def assign(self, name: str, operator_id: str) -> Complaint:
        """Give it to an operator, by id or `me`."""
        return cast(Complaint, self.call("PUT", f"/complaints/{name}/assignee", {"operator_id": operator_id}))

    def comment(self, name: str, text: str, *, visibility: str = "internal") -> dict[str, Any]:
        """Write under it."""
        return self.create(f"/complaints/{name}/comments", {"text": text, "visibility": visibility})

    def follow(self, *, after: int | None = None, epoch: str | None = None) -> "Feed":
        """Return the feed: from now on, or after an event, in the epoch that it was read in."""
        return Feed(self, after, epoch)

    def items(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """Yield what a list has, page by page as it is wanted."""
        asked = {name: value for name, value in filters.items() if value is not None}
        while True:
            page = self.call("GET", path, params=asked)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            asked["cursor"] = page["next_cursor"]

    def create(
        self, path: str, form: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Create something once, however often it is tried; return it."""
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return cast(dict[str, Any], self.call("POST", path, form, headers=headers))

    def call(
        self,
        method: str,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return what an operation answers, None for nothing. `path` stands below /api/v1. Raises `Problem`."""
        response = self.send(method, API + path, form, params=params, headers=headers)
        return response.json() if response.content else None

    def send(
        self,
        method: str,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Return the answer, trying again as often as may be; raises `Problem`, or httpx's errors."""
        request = {"json": form, "params": params, "headers": headers}
        may_repeat = method in READS or "Idempotency-Key" in (headers or {})
        ends_at = time.monotonic() + self._patience_seconds
        fault: Problem | httpx.TransportError
        for pause in _pauses():
            try:
                return self._try(method, path, request)
            except Problem as problem:
                if self._refreshed(problem):
                    continue
                fault, wait = problem, max(pause, problem.retry_after_seconds)
            except httpx.TransportError as error:
                fault, wait = error, pause
            if not _may_come_right(fault, may_repeat=may_repeat) or time.monotonic() + wait > ends_at:
                raise fault
            self._sleep(wait)
        raise AssertionError("pauses have no end")

    def _try(self, method: str, path: str, request: Mapping[str, Any]) -> httpx.Response:
        response = self.http.request(method, path, **request)
        if response.is_success:
            return response
        raise Problem(response)

    def _refreshed(self, problem: Problem) -> bool:
        """Get another access token where that is what is wrong, and say whether it was."""
        if problem.code != "token_expired" or self._refresh_token is None:
            return False
        shown, self._refresh_token = self._refresh_token, None
        self._take(self.call("POST", "/auth/refresh", {"refresh_token": shown}))
        return True

    def _take(self, tokens: Mapping[str, Any]) -> None:
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self._refresh_token = tokens["refresh_token"]


class Feed:
    """Events in their one order. `after` and `epoch` say how far it was read: keep them, and go on after a restart.

    An event counts as read when the next one is asked for: what a crash interrupts comes again.
    """

    def __init__(
        self, redress: Redress, after: int | None, epoch: str | None, *, poll_seconds: float = 2.0
    ) -> None:
        self.after = after
        self.epoch = epoch
        self.poll_seconds = poll_seconds
        self._redress = redress
        self._more = True

    def __iter__(self) -> Iterator[Event]:
        """Yield events for ever, waiting for the next; raises `ListAgain`."""
        while True:
            yield from self.waiting()
            self._redress._sleep(self.poll_seconds)

    def waiting(self) -> Iterator[Event]:
        """Yield the events that are there, up to the last; raises `ListAgain`."""
        self._more = True
        while self._more:
            page = self._read()
            for event in page["items"]:
                yield event
                self.after = event["seq"]
            self.after = page["head"]

    def _read(self) -> dict[str, Any]:
        begins = self.after is None
        page = self._redress.call(
            "GET", "/events", params={"after": self.after or 0, "limit": 1 if begins else 200}
        )
        foreign = self.epoch is not None and page["epoch"] != self.epoch
        self.epoch, self._more = page["epoch"], page["more"] and not begins
        if begins:
            return {**page, "items": [], "head": page["top"]}
        if foreign or not page["complete"]:
            self.after = page["top"]
            raise ListAgain(f"Read the list again; the feed goes on after {self.after}.")
        return cast(dict[str, Any], page)


def _pauses() -> Iterator[float]:
    """Yield how long to wait after each failure: longer each time, and not all clients at the same moment."""
    longest = FIRST_PAUSE_SECONDS
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311 - no secret
        longest = min(longest * 2, LONGEST_PAUSE_SECONDS)


def _may_come_right(fault: Problem | httpx.TransportError, *, may_repeat: bool) -> bool:
    """Say whether another try may help and does no harm: what may have been done is not always done again."""
    if isinstance(fault, Problem):
        return fault.code in UNTRIED or (may_repeat and fault.status in LATER)
    return may_repeat or isinstance(fault, NEVER_SENT)


def _object_in(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(text: str | None) -> float:
    return float(text) if text is not None and text.isdecimal() else 0.0
