"""Bad input at every endpoint of the OpenAPI document: refused with a problem that says what, nothing stored.

The table grows with the document by itself: an endpoint that is added is tried here from the start.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

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


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "telegram_webhook_secret": "s" * 40,
        "login_failures_per_account": "100000/60",
        "login_failures_per_address": "100000/60",
    }


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


@pytest.fixture
def names(world: World) -> Anything:
    """A place that is there: the complaint's id."""
    return Anything(world.complaint()["id"])


@pytest.fixture
def admin(world: World, names: Anything) -> FlaskClient:
    return world.admin


def test_names_in_paths_that_name_nothing(world: World, admin: FlaskClient) -> None:
    before = world.counts()
    for operation in operations(world):
        if "{" not in operation.path:
            continue
        for text in PATH_IDS:
            response = operation.call(admin, Anything(text), json={} if operation.takes_body else None)
            refused(response, (operation, text))
    assert world.counts() == before


def test_bodies_that_are_no_json_object(world: World, admin: FlaskClient, names: Anything) -> None:
    before = world.counts()
    for operation in operations(world):
        if not operation.takes_body:
            continue
        for body in MALFORMED:
            response = operation.call(admin, names, data=body, content_type="application/json")
            assert response.status_code == 400, (str(operation), body[:50], response.data[:300])
            problem_of(response, 400)
        for body in NO_OBJECTS:
            response = operation.call(admin, names, data=body, content_type="application/json")
            refused(response, (operation, body))
        huge = operation.call(
            admin, names, data=json.dumps({"a": "x" * 1_000_000}), content_type="application/json"
        )
        problem_of(huge, 413)
        problem_of(operation.call(admin, names, data=b"{}", content_type="text/plain"), 415)
    assert world.counts() == before


def test_fields_of_the_wrong_kind(world: World, admin: FlaskClient, names: Anything) -> None:
    before = world.counts()
    for operation in operations(world):
        for field in operation.fields:
            for value in NEVER_RIGHT:
                body = json.dumps({field: value})
                response = operation.call(admin, names, data=body, content_type="application/json")
                refused(response, (operation, field, body[:60]))
    assert world.counts() == before


def test_unknown_fields(world: World, admin: FlaskClient, names: Anything) -> None:
    before = world.counts()
    for operation in operations(world):
        if not operation.takes_body:
            continue
        for field in ("colour", "__proto__", "", "\ud800", "\x00", "a/b~c", "x" * 10_000):
            response = operation.call(
                admin, names, data=json.dumps({field: 1}), content_type="application/json"
            )
            body = problem_of(response, 422)
            assert body["errors"], str(operation)
    assert world.counts() == before


def test_headers_that_make_no_sense(world: World, admin: FlaskClient, names: Anything) -> None:
    for operation in operations(world):
        for headers in HEADERS:
            kind = headers.get("Content-Type")
            response = operation.call(
                admin,
                names,
                headers={name: value for name, value in headers.items() if name != "Content-Type"},
                data=b'{"colour": 1}' if operation.takes_body else None,
                content_type=kind or "application/json",
            )
            assert response.status_code < 500 or "websocket" in operation.path, (str(operation), headers)
    assert world.counts()["complaint"] == 1


def test_queries_that_make_no_sense(world: World, admin: FlaskClient, names: Anything) -> None:
    before = world.counts()
    for operation in operations(world):
        if operation.method != "GET":
            continue
        for query in QUERIES:
            response = admin.get(operation.path.format_map(names), query_string=query)
            assert response.status_code < 500 or "websocket" in operation.path, (str(operation), query)
    assert world.counts() == before


def test_nobody_known_gets_past_a_door_that_wants_a_key(world: World, names: Anything) -> None:
    document: Any = world.app.spec
    before = world.counts()
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if not described["security"]:
                continue
            for headers in STRANGERS:
                response = world.anonymous.open(
                    path.format_map(names), method=method.upper(), headers=headers
                )
                problem_of(response, 401)
    assert world.counts() == before


def test_updates_that_are_none_or_cannot_be_stored(world: World) -> None:
    before = world.counts()
    for body in (*MALFORMED, *NO_OBJECTS, b"{}", b'{"update_id": "1"}', b'{"update_id": true}'):
        response = world.anonymous.post(WEBHOOK, data=body, content_type="application/json", headers=SECRET)
        refused(response, body[:50])
    for update_id in (HUGE, -HUGE, 2**63, 1.5, None, "\x00", [1]):
        body = json.dumps({"update_id": update_id}).encode()
        response = world.anonymous.post(WEBHOOK, data=body, content_type="application/json", headers=SECRET)
        refused(response, body[:50])
    assert world.counts() == before
    for text in ("\x00", "\ud800", {"\x00": "\ud800"}, 1e308, HUGE):
        body = json.dumps({"update_id": 1, "message": {"text": text}}).encode()
        response = world.anonymous.post(WEBHOOK, data=body, content_type="application/json", headers=SECRET)
        assert response.status_code == 200 or 400 <= response.status_code < 500, (body, response.data)
