"""What nobody in good faith sends, and every place of the OpenAPI document where it can be sent."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from complaints.accounts.key_format import new_key
from tests.integration.api.people import World, problem_of

PREFIX = "/api/v1"
WEBHOOK = f"{PREFIX}/telegram/webhook"
SECRET = {"X-Telegram-Bot-Api-Secret-Token": "s" * 40}
HUGE = 10**400
PATH_IDS = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "x" * 5000,
    "%F0%9F%92%A3",
    "-1",
    str(HUGE),
    "'%20or%201=1--",
    "%2e",
)
MALFORMED = (
    b"[",
    b"nul",
    b"{",
    b'{"a":',
    b"{'a': 1}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"a": 1, "a": 1}',
    b'{"a": {"b": 1, "b": 2}}',
    b'{"a": "\xff"}',
    b"\xff\xfe",
    b"\x00",
    b'{"a": ' + b"9" * 5000 + b"}",
)
NO_OBJECTS = (b"[]", b'"x"', b"null", b"true", b"1", b"1e999")
NEVER_RIGHT: tuple[Any, ...] = (
    "\x00",
    "\ud800",
    HUGE,
    -HUGE,
    1e308,
    {"\ud800": "\x00"},
    {"a": {"b": "\ud800"}},
    ["\x00", "\ud800"],
    [[[[[]]]]],
    "x" * 100_000,
)
QUERIES = (
    "limit=%00",
    f"limit={HUGE}",
    "cursor=%00",
    "cursor=%ff",
    "colour=%ed%a0%80",
    "limit=1&limit=1",
)
STRANGERS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": "Bearer x"},
    {"X-API-Key": "rd_x_y"},
    {"X-API-Key": new_key()[1]},
    {"Authorization": "\xff"},
)
HEADERS = (
    {"Idempotency-Key": "x" * 500},
    {"Idempotency-Key": "\x00"},
    {"If-Match": '"'},
    {"If-Match": 'W/"\xff"'},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Content-Type": "\xff"},
)


class Operation:
    """One method of one path, with the fields that its body may have."""

    def __init__(self, path: str, method: str, described: dict[str, Any], schemas: dict[str, Any]) -> None:
        self.path, self.method = path, method
        self.takes_body = "requestBody" in described
        self.fields: dict[str, Any] = {}
        if self.takes_body:
            reference = described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            self.fields = schemas[reference.rpartition("/")[2]]["properties"]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def call(self, client: FlaskClient, names: dict[str, str], **how: Any) -> TestResponse:
        headers = {"If-Match": "*", **(SECRET if self.path == WEBHOOK else {}), **how.pop("headers", {})}
        path = self.path.format_map(names)
        return client.open(path, method=self.method, headers=headers, **how)


class Anything(dict[str, str]):
    """Fills every place of a path with one text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def __missing__(self, _name: str) -> str:
        return self._text


def operations(world: World) -> Iterator[Operation]:
    document: Any = world.app.spec
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(path, method.upper(), described, document["components"]["schemas"])


def refused(response: TestResponse, what: object) -> None:
    assert 400 <= response.status_code < 500, (str(what), response.status_code, response.data[:300])
    problem_of(response, response.status_code)
