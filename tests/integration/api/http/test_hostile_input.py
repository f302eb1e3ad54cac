"""Bad input at every endpoint of the OpenAPI document: refused with a problem that says what, nothing stored.

The table grows with the document by itself: an endpoint that is added is tried here from the start.
"""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.integration.api.hostile import (
    HEADERS,
    HUGE,
    MALFORMED,
    NEVER_RIGHT,
    NO_OBJECTS,
    PATH_IDS,
    QUERIES,
    SECRET,
    STRANGERS,
    WEBHOOK,
    Anything,
    operations,
    refused,
)
from tests.integration.api.people import World, problem_of


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "telegram_webhook_secret": "s" * 40,
        "login_failures_per_account": "100000/60",
        "login_failures_per_address": "100000/60",
    }


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
